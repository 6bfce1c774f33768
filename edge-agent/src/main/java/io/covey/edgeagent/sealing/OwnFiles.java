package io.covey.edgeagent.sealing;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.FileSealer;
import io.covey.crypto.envelope.ModelFile;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Files that the agent makes itself of what it has opened, sealed in the cache with a key that no
 * disk ever holds: after a restart they are worth nothing, and made again.
 *
 * <p>Not for two threads at a time.
 */
public final class OwnFiles implements AutoCloseable {
  private final ArtifactOpener opener;
  private final RandomWords random;
  private final ContentKey key;

  /** A sealed file and how it is called. */
  public record Made(ArtifactReference reference, ByteString content) {}

  /**
   * With a fresh key.
   *
   * @param random becomes this object's alone
   */
  public OwnFiles(ArtifactOpener opener, RandomWords random) {
    this.opener = opener;
    this.random = random;
    this.key = ContentKey.generate(random);
  }

  /** Seals packed weights of a version. */
  public Made seal(ModelName model, ModelVersion version, byte[] plaintext) throws IOException {
    ModelFile file =
        new ModelFile(opener.fleet(), model, version, SealedArtifact.role(Role.PACKED_WEIGHTS));
    ByteArrayOutputStream content =
        new ByteArrayOutputStream(Math.toIntExact(SealedLayout.of(plaintext.length).sealedBytes()));
    SealedArtifact made =
        new SealedArtifact(
            file,
            new FileSealer(random)
                .seal(
                    key,
                    file,
                    new FileSealer.SizedInput(
                        new ByteArrayInputStream(plaintext), plaintext.length),
                    content));
    return new Made(
        made.reference(Role.PACKED_WEIGHTS),
        UnsafeByteOperations.unsafeWrap(content.toByteArray()));
  }

  /** The plaintext of what {@link #seal} made, out of the cache. */
  public byte[] read(ModelName model, ArtifactReference reference) throws IOException {
    return opener.open(model, reference, key);
  }

  /** Wipes the key. */
  @Override
  public void close() {
    key.close();
  }
}
