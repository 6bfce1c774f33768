package io.covey.crypto.identity;

import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Draws private keys: 32 uniform bytes are one for Ed25519 and for X25519 alike. */
final class FreshKeys {
  static final int KEY_BYTES = 32;

  private FreshKeys() {}

  static SecretBytes next(RandomWords random) {
    long[] words = new long[KEY_BYTES / Long.BYTES];
    random.fill(words);
    byte[] key = new byte[KEY_BYTES];
    ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words);
    Arrays.fill(words, 0L);
    return SecretBytes.owning(key);
  }

  /** Refuses a private key of another length. */
  static SecretBytes checked(String what, SecretBytes key) {
    if (key.length() != KEY_BYTES) {
      throw new IllegalArgumentException(
          what + " of " + key.length() + " bytes, expected " + KEY_BYTES);
    }
    return key;
  }
}
