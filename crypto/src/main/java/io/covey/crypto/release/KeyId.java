package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;

/**
 * The name of a signing key: a digest of the key, so that nobody can give one key two names and
 * have it counted twice.
 */
public record KeyId(Sha256 digest) implements Comparable<KeyId> {
  private static final String LABEL = "covey/v1/release-key";

  /** The name of a public key. */
  public static KeyId of(Octets publicKey) {
    return new KeyId(Sha256.fromBytes(new Canonical(LABEL).octets(publicKey).digest().toBytes()));
  }

  @Override
  public int compareTo(KeyId other) {
    return digest.compareTo(other.digest);
  }

  @Override
  public String toString() {
    return digest.hex();
  }
}
