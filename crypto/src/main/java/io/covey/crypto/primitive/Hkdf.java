package io.covey.crypto.primitive;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF with HMAC-SHA-256 (RFC 5869): keys from a secret that has enough entropy but is not uniform.
 * Keys of different {@code info} are independent, so every use has a label of its own.
 */
public final class Hkdf {
  public static final int HASH_BYTES = 32;
  public static final int MAXIMUM_OUTPUT_BYTES = 255 * HASH_BYTES;

  private static final String MAC = "HmacSHA256";

  private Hkdf() {}

  /**
   * Extract, then expand.
   *
   * @param salt public, binds the keys to a context; empty counts as 32 zeros
   * @param info the label of this use
   * @param outputBytes 1 to {@link #MAXIMUM_OUTPUT_BYTES}
   */
  public static SecretBytes derive(SecretBytes secret, byte[] salt, byte[] info, int outputBytes) {
    try (SecretBytes pseudorandomKey = extract(secret, salt)) {
      return expand(pseudorandomKey, info, outputBytes);
    }
  }

  /**
   * The first half (RFC 5869, section 2.2), for constructions that put labels between the two.
   *
   * @param salt empty counts as 32 zeros
   * @return 32 uniform bytes
   */
  public static SecretBytes extract(SecretBytes secret, byte[] salt) {
    Mac hmac = hmac(salt.length == 0 ? new byte[HASH_BYTES] : salt);
    return SecretBytes.owning(hmac.doFinal(secret.reveal()));
  }

  /**
   * The second half (RFC 5869, section 2.3).
   *
   * @param pseudorandomKey what {@link #extract} answered
   * @param info the label of this use
   * @param outputBytes 1 to {@link #MAXIMUM_OUTPUT_BYTES}
   */
  public static SecretBytes expand(SecretBytes pseudorandomKey, byte[] info, int outputBytes) {
    if (outputBytes < 1 || outputBytes > MAXIMUM_OUTPUT_BYTES) {
      throw new IllegalArgumentException(
          outputBytes + " bytes of key, expected 1 to " + MAXIMUM_OUTPUT_BYTES);
    }
    return SecretBytes.owning(expand(hmac(pseudorandomKey.reveal()), info, outputBytes));
  }

  private static byte[] expand(Mac hmac, byte[] info, int outputBytes) {
    byte[] output = new byte[outputBytes];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < outputBytes; done += HASH_BYTES, counter++) {
      hmac.update(block);
      hmac.update(info);
      hmac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = hmac.doFinal();
      System.arraycopy(block, 0, output, done, Math.min(HASH_BYTES, outputBytes - done));
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  private static Mac hmac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks " + MAC, e);
    }
  }
}
