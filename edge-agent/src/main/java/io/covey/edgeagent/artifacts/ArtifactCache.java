package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Artifacts by their content, and the list of versions that were served last.
 *
 * <p>What is in the cache was whole and had its digest when it came. All methods may block: they
 * belong on a worker, through {@code Scheduler.offload}. Implementations are safe for several
 * threads.
 */
public interface ArtifactCache extends AutoCloseable {

  /**
   * Whether the artifact is here, whole and undamaged. A damaged copy is removed.
   *
   * @throws IOException when the storage cannot be read
   */
  boolean contains(ArtifactReference artifact) throws IOException;

  /**
   * The artifact's bytes, read-only.
   *
   * @throws IOException when it is not here
   */
  ByteBuffer read(ArtifactReference artifact) throws IOException;

  /**
   * Begins to take an artifact in, or goes on where a suspended staging ended. One that is still
   * open is taken over: it is over for whoever has it, whose calls fail with {@link
   * java.nio.channels.ClosedChannelException} from then on.
   *
   * @throws OutOfQuotaException when there is no room for it
   * @throws IOException when the storage fails
   */
  Staging stage(ArtifactReference artifact) throws IOException;

  /**
   * Deletes every artifact that nobody needs, also suspended ones that are not whole.
   *
   * @param needed asked right before each deletion, so that an artifact that comes to be needed
   *     meanwhile is either kept, or gone before {@link #contains} is answered
   */
  void retain(Predicate<Sha256> needed) throws IOException;

  /** What {@link #rememberServed} was told last; empty when nothing is remembered. */
  List<ModelManifest> servedBefore() throws IOException;

  /** Notes durably what is being served. */
  void rememberServed(List<ModelManifest> manifests) throws IOException;

  /** Why nothing can be taken in now, for people; empty when nothing is known against it. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  @Override
  void close();

  /**
   * One artifact on its way in. Chunks may come in any order and from several threads; the other
   * methods belong to one.
   */
  interface Staging {
    /** The chunks that are here already, from an earlier staging of the same artifact. */
    BitSet present();

    /**
     * Puts one chunk in its place. The caller has checked index and length. After an exception the
     * chunk is not here, and may be written again.
     */
    void write(int chunkIndex, ByteString content) throws IOException;

    /**
     * One chunk that is here.
     *
     * @throws IOException when it is not
     */
    ByteString read(int chunkIndex) throws IOException;

    /**
     * Checks the whole and takes it into the cache. After an exception it may be tried again.
     *
     * @throws IOException when the storage fails; nothing is lost then
     */
    Outcome commit() throws IOException;

    /** Closes it; a later staging of the same artifact goes on from there. */
    void suspend();

    /** Throws the staged bytes away. */
    void abandon();
  }

  /**
   * What became of a whole artifact.
   *
   * @param whole whether it is in the cache now
   * @param damaged chunks that the storage has changed since they came, to be written again; when
   *     it is empty and the artifact not whole, what came was wrong, and the staging is over
   */
  record Outcome(boolean whole, BitSet damaged) {
    static final Outcome WHOLE = new Outcome(true, new BitSet());
    static final Outcome WRONG = new Outcome(false, new BitSet());

    public Outcome {
      damaged = (BitSet) damaged.clone();
    }

    @Override
    public BitSet damaged() {
      return (BitSet) damaged.clone();
    }
  }
}
