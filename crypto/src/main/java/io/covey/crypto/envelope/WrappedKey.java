package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Hpke;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A content key or a group key that one device can open. What it is for and whose it is stands in
 * no field: both are part of what it is encrypted for, and the device knows them from elsewhere.
 */
public record WrappedKey(Hpke.Message message) {
  /** Format, encapsulation, sealed key. */
  public static final int ENCODED_BYTES =
      1 + Kem.CIPHERTEXT_BYTES + ContentKey.BYTES + Hpke.OVERHEAD_BYTES;

  private static final byte FORMAT = 1;
  private static final int SEALED_AT = 1 + Kem.CIPHERTEXT_BYTES;

  public WrappedKey {
    message.sealed().requireLength("sealed key", ContentKey.BYTES + Hpke.OVERHEAD_BYTES);
  }

  /** {@link #ENCODED_BYTES}: a byte for the format, 1; encapsulation (1120); sealed key (48). */
  public Octets encode() {
    byte[] encoded = Arrays.copyOf(new byte[] {FORMAT}, ENCODED_BYTES);
    System.arraycopy(message.encapsulation().toBytes(), 0, encoded, 1, Kem.CIPHERTEXT_BYTES);
    System.arraycopy(message.sealed().toBytes(), 0, encoded, SEALED_AT, ENCODED_BYTES - SEALED_AT);
    return Octets.owning(encoded);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @return empty for everything else, whatever it is
   */
  public static Optional<WrappedKey> decode(Octets encoded) {
    if (encoded.length() != ENCODED_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = encoded.toBytes();
    if (bytes[0] != FORMAT) {
      return Optional.empty();
    }
    return Optional.of(
        new WrappedKey(
            new Hpke.Message(
                Octets.owning(Arrays.copyOfRange(bytes, 1, SEALED_AT)),
                Octets.owning(Arrays.copyOfRange(bytes, SEALED_AT, ENCODED_BYTES)))));
  }
}
