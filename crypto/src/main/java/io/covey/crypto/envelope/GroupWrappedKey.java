package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Octets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A content key that everybody in an epoch of a group can open: the one small message that a new
 * version takes. As with {@link WrappedKey}, what it is for stands in no field.
 *
 * @param salt from which, with the group key, the key that it is sealed under is derived
 */
public record GroupWrappedKey(Octets salt, Octets sealed) {
  /** Format, salt, sealed key. */
  public static final int ENCODED_BYTES =
      1 + GroupWrappedKey.SALT_BYTES + ContentKey.BYTES + Aead.TAG_BYTES;

  static final int SALT_BYTES = 32;

  private static final byte FORMAT = 1;
  private static final int SEALED_AT = 1 + SALT_BYTES;

  public GroupWrappedKey {
    salt.requireLength("salt", SALT_BYTES);
    sealed.requireLength("sealed key", ContentKey.BYTES + Aead.TAG_BYTES);
  }

  /** {@link #ENCODED_BYTES}: a byte for the format, 1; salt (32); sealed key (48). */
  public Octets encode() {
    byte[] encoded = Arrays.copyOf(new byte[] {FORMAT}, ENCODED_BYTES);
    System.arraycopy(salt.toBytes(), 0, encoded, 1, SALT_BYTES);
    System.arraycopy(sealed.toBytes(), 0, encoded, SEALED_AT, ENCODED_BYTES - SEALED_AT);
    return Octets.owning(encoded);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @return empty for everything else, whatever it is
   */
  public static Optional<GroupWrappedKey> decode(Octets encoded) {
    if (encoded.length() != ENCODED_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = encoded.toBytes();
    if (bytes[0] != FORMAT) {
      return Optional.empty();
    }
    return Optional.of(
        new GroupWrappedKey(
            Octets.owning(Arrays.copyOfRange(bytes, 1, SEALED_AT)),
            Octets.owning(Arrays.copyOfRange(bytes, SEALED_AT, ENCODED_BYTES))));
  }
}
