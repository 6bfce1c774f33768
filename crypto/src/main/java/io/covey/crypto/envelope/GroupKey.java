package io.covey.crypto.envelope;

import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;

/**
 * The key of one epoch of a group: random, and wrapped once for each device that belongs to the
 * group in that epoch. Content keys are wrapped under keys that are derived from it.
 */
public final class GroupKey implements AutoCloseable {
  public static final int BYTES = 32;

  private final SecretBytes secret;

  private GroupKey(SecretBytes secret) {
    this.secret = secret;
  }

  /** A fresh one. */
  public static GroupKey generate(RandomWords random) {
    return new GroupKey(SecretBytes.drawnFrom(random, BYTES));
  }

  /**
   * The key that has these bytes.
   *
   * @param secret {@link #BYTES} long; becomes this object's to wipe
   */
  public static GroupKey owning(SecretBytes secret) {
    if (secret.length() != BYTES) {
      throw new IllegalArgumentException(
          "group key of " + secret.length() + " bytes, expected " + BYTES);
    }
    return new GroupKey(secret);
  }

  /** For key derivation and wrapping, and for storage; stays this object's to wipe. */
  public SecretBytes secret() {
    return secret;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    secret.wipe();
  }

  /** In time that does not depend on the keys. */
  @Override
  public boolean equals(Object other) {
    return other instanceof GroupKey key && secret.equals(key.secret);
  }

  @Override
  public int hashCode() {
    return secret.hashCode();
  }

  @Override
  public String toString() {
    return "GroupKey[redacted]";
  }
}
