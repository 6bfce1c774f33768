package io.covey.edgeagent.sealing;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.DifferenceContent;
import io.covey.crypto.envelope.FileResealer;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.SealedHeader;
import io.covey.edgeagent.artifacts.ArtifactAssembly;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.models.difference.DamagedDifferenceException;
import io.covey.models.difference.FileDifference;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes the sealed file of a version out of that of an earlier one: opens both it and the
 * difference, puts them together, compares the digest of the plaintext, and seals it again into the
 * cache, which compares the digest of the sealed file. Plaintext is in memory only: the file twice
 * at most. Thread-safe.
 */
public final class DifferenceAssembly implements ArtifactAssembly {
  private final ArtifactCache cache;
  private final ArtifactOpener opener;
  private final Holdings holdings;

  /** What the device holds or is about to hold, from any thread. */
  @FunctionalInterface
  public interface Holdings {
    /** The sealed file of a role, of whatever version of the model, with that plaintext. */
    Optional<ArtifactReference> find(ModelName model, Role role, Sha256 plaintext);
  }

  public DifferenceAssembly(ArtifactCache cache, ArtifactOpener opener, Holdings holdings) {
    this.cache = cache;
    this.opener = opener;
    this.holdings = holdings;
  }

  @Override
  public Optional<ArtifactReference> base(ModelName model, ArtifactReference artifact)
      throws IOException {
    Optional<ArtifactReference> held =
        artifact
            .difference()
            .flatMap(difference -> holdings.find(model, artifact.role(), difference.base()))
            .filter(base -> lengthOf(base) == lengthOf(artifact))
            .filter(base -> opener.objection(model, List.of(base)).isEmpty())
            .filter(base -> opener.lacks(model, List.of(base)).isEmpty());
    return held.isPresent() && cache.contains(held.get()) ? held : Optional.empty();
  }

  private static long lengthOf(ArtifactReference artifact) {
    return artifact.sealing().map(Sealing::plaintextBytes).orElse(-1L);
  }

  @Override
  public void assemble(ModelName model, ArtifactReference base, ArtifactReference artifact)
      throws IOException {
    Difference difference =
        artifact.difference().orElseThrow(() -> new IOException("there is no difference"));
    byte[] file = opener.read(model, base);
    try {
      DifferenceContent content =
          DifferenceContent.decode(opener.read(model, difference.file()))
              .orElseThrow(() -> new IOException("the difference has no header"));
      FileDifference.apply(content.difference(), file);
      try (ContentKey key = opener.key(model, artifact)) {
        store(key, new Target(model, artifact), content.header(), file);
      }
    } catch (DamagedDifferenceException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      Arrays.fill(file, (byte) 0);
    }
  }

  private record Target(ModelName model, ArtifactReference artifact) {}

  private void store(ContentKey key, Target target, SealedHeader header, byte[] plaintext)
      throws IOException {
    ArtifactReference artifact = target.artifact();
    SealedArtifact known = opener.described(target.model(), artifact);
    ArtifactCache.Staging staging = cache.stage(artifact);
    boolean whole = false;
    try {
      OutputStream chunks = new Chunks(staging, artifact.chunkSizeBytes());
      if (!FileResealer.reseal(key, known, header, plaintext, chunks)) {
        throw new IOException("what comes of it has another digest than the file");
      }
      chunks.flush();
      whole = staging.commit().whole();
    } finally {
      if (!whole) {
        staging.abandon();
      }
    }
    if (!whole) {
      throw new IOException("sealed again, it has another digest than the sealed file");
    }
  }

  /** Cuts what is written into the chunks that the artifact comes in. */
  private static final class Chunks extends OutputStream {
    private final ArtifactCache.Staging staging;
    private final byte[] chunk;
    private int filled;
    private int next;

    Chunks(ArtifactCache.Staging staging, int chunkBytes) {
      this.staging = staging;
      this.chunk = new byte[chunkBytes];
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int some = Math.min(length - done, chunk.length - filled);
        System.arraycopy(source, offset + done, chunk, filled, some);
        filled += some;
        done += some;
        if (filled == chunk.length) {
          flush();
        }
      }
    }

    /** Also the last chunk, which is shorter. */
    @Override
    public void flush() throws IOException {
      if (filled > 0) {
        staging.write(next++, ByteString.copyFrom(chunk, 0, filled));
        filled = 0;
      }
    }
  }
}
