package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;

/**
 * The short form in which people compare public keys: the first half of the key's SHA-256. To find
 * another key of one fingerprint takes 2^128 attempts.
 */
public record Fingerprint(String value) {
  private static final String PREFIX = "sha256:";
  private static final int HEX_DIGITS = 32;

  public Fingerprint {
    if (!value.matches(PREFIX + "[0-9a-f]{" + HEX_DIGITS + "}")) {
      throw new IllegalArgumentException(
          "a fingerprint is " + PREFIX + " and " + HEX_DIGITS + " lower-case hex digits");
    }
  }

  /** That of a public key. */
  public static Fingerprint of(Octets publicKey) {
    return new Fingerprint(PREFIX + Sha256.of(publicKey.toBytes()).hex().substring(0, HEX_DIGITS));
  }

  @Override
  public String toString() {
    return value;
  }
}
