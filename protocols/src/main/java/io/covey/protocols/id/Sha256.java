package io.covey.protocols.id;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 digest (FIPS 180-4) that names an artifact by its content: 64 lower-case hex digits.
 */
public record Sha256(String hex) implements Comparable<Sha256> {
  public static final int SIZE_BYTES = 32;

  public Sha256 {
    if (hex.length() != 2 * SIZE_BYTES || !hex.chars().allMatch(Sha256::isLowerHex)) {
      throw new IllegalArgumentException("a SHA-256 digest is 64 lower-case hex digits");
    }
  }

  /** The digest of the whole of {@code content}. */
  public static Sha256 of(byte[] content) {
    return of(ByteBuffer.wrap(content));
  }

  /** The digest of the remaining bytes of {@code content}, whose position moves to its limit. */
  public static Sha256 of(ByteBuffer content) {
    MessageDigest digest = newDigest();
    digest.update(content);
    return fromBytes(digest.digest());
  }

  /** Wraps 32 raw bytes. */
  public static Sha256 fromBytes(byte[] digest) {
    return new Sha256(HexFormat.of().formatHex(digest));
  }

  /** A fresh incremental digest, to be finished with {@link #fromBytes}. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A fresh copy of the 32 raw bytes. */
  public byte[] toBytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Sha256 other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }

  private static boolean isLowerHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
}
