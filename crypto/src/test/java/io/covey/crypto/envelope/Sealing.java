package io.covey.crypto.envelope;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;

/** What the tests of sealed files have in common. */
final class Sealing {
  static final ModelFile FILE =
      new ModelFile(
          new FleetId("fleet"), new ModelName("digits"), new ModelVersion(3), FileRole.SERVING);

  private Sealing() {}

  /** A file in both forms. */
  static final class Sample {
    private final byte[] plaintext;
    private final byte[] sealed;
    private final SealedFile description;

    private Sample(byte[] plaintext, byte[] sealed, SealedFile description) {
      this.plaintext = plaintext;
      this.sealed = sealed;
      this.description = description;
    }

    /** Not a copy. */
    byte[] plaintext() {
      return plaintext;
    }

    /** Not a copy. */
    byte[] sealed() {
      return sealed;
    }

    SealedFile description() {
      return description;
    }
  }

  static RandomWords random(int seed) {
    byte[] bytes = new byte[AesCtrRandomWords.SEED_BYTES];
    bytes[0] = (byte) seed;
    return AesCtrRandomWords.fromSeed(bytes);
  }

  /** The key that {@code first} and the following bytes make. */
  static ContentKey key(int first) {
    byte[] bytes = new byte[ContentKey.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return ContentKey.owning(SecretBytes.owning(bytes));
  }

  static byte[] plaintext(int bytes) {
    byte[] plaintext = new byte[bytes];
    new Random(bytes).nextBytes(plaintext);
    return plaintext;
  }

  static Sample sample(int bytes, ContentKey key, RandomWords random) {
    byte[] plaintext = plaintext(bytes);
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    try {
      SealedFile description =
          new FileSealer(random)
              .seal(
                  key,
                  FILE,
                  new FileSealer.SizedInput(new ByteArrayInputStream(plaintext), bytes),
                  sealed);
      return new Sample(plaintext, sealed.toByteArray(), description);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
