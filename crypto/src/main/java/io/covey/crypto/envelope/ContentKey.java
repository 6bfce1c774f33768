package io.covey.crypto.envelope;

import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;

/**
 * The key of one version of a model: random, and the same for every device that is entitled to the
 * version. Encrypts nothing itself; every file has a key that is derived from it.
 */
public final class ContentKey implements AutoCloseable {
  public static final int BYTES = 32;

  private final SecretBytes secret;

  private ContentKey(SecretBytes secret) {
    this.secret = secret;
  }

  /** A fresh one. */
  public static ContentKey generate(RandomWords random) {
    return new ContentKey(SecretBytes.drawnFrom(random, BYTES));
  }

  /**
   * The key that has these bytes.
   *
   * @param secret {@link #BYTES} long; becomes this object's to wipe
   */
  public static ContentKey owning(SecretBytes secret) {
    if (secret.length() != BYTES) {
      throw new IllegalArgumentException(
          "content key of " + secret.length() + " bytes, expected " + BYTES);
    }
    return new ContentKey(secret);
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
    return other instanceof ContentKey key && secret.equals(key.secret);
  }

  @Override
  public int hashCode() {
    return secret.hashCode();
  }

  @Override
  public String toString() {
    return "ContentKey[redacted]";
  }
}
