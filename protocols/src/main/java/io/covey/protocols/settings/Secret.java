package io.covey.protocols.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A secret that came from a file. Prints as {@code (redacted)}, compares in constant time, and is
 * wiped by {@link #close()}.
 *
 * <p>Safe for use by several threads.
 */
public final class Secret implements AutoCloseable {
  /** Longer files are refused: no password, token or key is as long. */
  public static final int MAX_SIZE_BYTES = 64 * 1024;

  private final byte[] value;
  private boolean wiped;

  private Secret(byte[] value) {
    this.value = value;
  }

  /** A secret of these bytes, which are copied. */
  public static Secret copyOf(byte[] value) {
    return new Secret(value.clone());
  }

  /**
   * Reads a file; one line break at its end is not part of the secret.
   *
   * @throws IOException when the file cannot be read, is empty, or is larger than {@link
   *     #MAX_SIZE_BYTES}; the message names neither the file nor its content
   */
  public static Secret readFrom(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_SIZE_BYTES + 1);
    }
    try {
      if (content.length > MAX_SIZE_BYTES) {
        throw new IOException("it is longer than " + MAX_SIZE_BYTES + " bytes");
      }
      int length = lengthWithoutLineBreak(content);
      if (length == 0) {
        throw new IOException("it is empty");
      }
      return new Secret(Arrays.copyOf(content, length));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static int lengthWithoutLineBreak(byte[] content) {
    int length = content.length;
    if (length > 0 && content[length - 1] == '\n') {
      length--;
      if (length > 0 && content[length - 1] == '\r') {
        length--;
      }
    }
    return length;
  }

  /**
   * A copy of the secret, for the caller to wipe.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public synchronized byte[] revealCopy() {
    if (wiped) {
      throw new IllegalStateException("the secret has been wiped");
    }
    return value.clone();
  }

  /** Overwrites the secret; it cannot be revealed after that. */
  @Override
  public synchronized void close() {
    Arrays.fill(value, (byte) 0);
    wiped = true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(value, secret.value);
  }

  /** The same for all secrets: a hash of the value would leak into whatever prints it. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "(redacted)";
  }
}
