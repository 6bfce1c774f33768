package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
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
   * Begins to take an artifact in.
   *
   * @throws IOException when there is no room for it
   */
  Staging stage(ArtifactReference artifact) throws IOException;

  /**
   * Deletes every artifact that nobody needs.
   *
   * @param needed asked right before each deletion, so that an artifact that comes to be needed
   *     meanwhile is either kept, or gone before {@link #contains} is answered
   */
  void retain(Predicate<Sha256> needed) throws IOException;

  /** What {@link #rememberServed} was told last; empty when nothing is remembered. */
  List<ModelManifest> servedBefore() throws IOException;

  /** Notes durably what is being served. */
  void rememberServed(List<ModelManifest> manifests) throws IOException;

  @Override
  void close();

  /** One artifact on its way in. Chunks may come in any order and from several threads. */
  interface Staging {
    /** Puts one chunk in its place. The caller has checked index and length. */
    void write(int chunkIndex, ByteString content) throws IOException;

    /**
     * Checks the whole and takes it into the cache.
     *
     * @return false when the digest is not the artifact's; the staged bytes are gone then
     */
    boolean commit() throws IOException;

    /** Throws the staged bytes away. */
    void abandon();
  }
}
