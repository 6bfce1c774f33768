package io.covey.coordinator.audit;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a log ends: how many entries it has, and the chain's digest up to the last. Whoever keeps
 * one elsewhere can tell later that nothing before it was changed or taken off.
 */
public record AuditHead(long entries, Octets digest) {
  /** Of a log without entries. */
  public static final AuditHead NONE = new AuditHead(0, AuditLine.BEGINNING);

  private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,18}):([0-9a-f]{64})");

  public AuditHead {
    digest.requireLength("the digest of a head", Sha256.SIZE_BYTES);
    if (entries < 0) {
      throw new IllegalArgumentException(entries + " entries, expected at least 0");
    }
  }

  /**
   * Reads what {@link #toString} prints.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static AuditHead parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no head: expected a number, a colon and 64 hex digits");
    }
    return new AuditHead(Long.parseLong(parts.group(1)), Octets.ofHex(parts.group(2)));
  }

  AuditHead with(AuditLine line) {
    return new AuditHead(entries + 1, line.digest());
  }

  @Override
  public String toString() {
    return entries + ":" + digest.toHex();
  }
}
