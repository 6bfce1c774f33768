package io.covey.coordinator.audit;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry as it stands in the file: the chain's digest up to and with it, the signature of that,
 * and the entry's JSON, with a space between.
 *
 * @param digest SHA-256 over the label, the digest of the line before, and the bytes of {@code
 *     json}
 * @param signature Ed25519 over the label and {@code digest}
 */
record AuditLine(Octets digest, Octets signature, String json) {
  /** What the first line is chained to. */
  static final Octets BEGINNING = Octets.owning(new byte[Sha256.SIZE_BYTES]);

  /** No line is longer: the bounds of an event, escaped at the worst. */
  static final int MAXIMUM_CHARACTERS = 64 << 10;

  private static final String CHAIN_LABEL = "covey/v1/audit-chain";
  private static final String SIGNATURE_LABEL = "covey/v1/audit-signature";
  private static final Pattern SYNTAX = Pattern.compile("([0-9a-f]{64}) ([0-9a-f]{128}) (\\{.*})");

  /** The line after the one with {@code before}. */
  static AuditLine after(Octets before, AuditEntry entry, AuditKey key) {
    String json = entry.toJson();
    Octets digest = chained(before, json);
    return new AuditLine(digest, key.sign(statement(digest)), json);
  }

  /**
   * Reads a line without its end.
   *
   * @throws IllegalArgumentException if it is none
   */
  static AuditLine parse(String line) {
    Matcher parts = SYNTAX.matcher(line);
    if (line.length() > MAXIMUM_CHARACTERS || !parts.matches()) {
      throw new IllegalArgumentException("not a digest, a signature and an entry");
    }
    return new AuditLine(
        Octets.ofHex(parts.group(1)), Octets.ofHex(parts.group(2)), parts.group(3));
  }

  boolean follows(Octets before) {
    return chained(before, json).equals(digest);
  }

  boolean isSignedBy(Octets publicKey, Signer signer) {
    return signer.verify(publicKey, statement(digest), signature);
  }

  AuditEntry entry() {
    return AuditEntry.ofJson(json);
  }

  /** With its end. */
  byte[] toBytes() {
    String line = digest.toHex() + " " + signature.toHex() + " " + json + "\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private static Octets chained(Octets before, String json) {
    return new Canonical(CHAIN_LABEL).octets(before).text(json).digest();
  }

  private static byte[] statement(Octets digest) {
    return new Canonical(SIGNATURE_LABEL).octets(digest).toBytes();
  }
}
