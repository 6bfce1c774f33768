package io.covey.crypto.identity;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The authority's statement that an agent of a fleet has an identity key. Public. Whether the
 * authority made it is another question: see {@link #isIssuedBy}.
 *
 * @param identityKey Ed25519; verifies what the agent signs
 * @param issuedAtEpochSecond not negative; of two certificates of one agent, the later one stands
 * @param signature the authority's, Ed25519
 */
public record IdentityCertificate(
    FleetId fleet, AgentId agent, Octets identityKey, long issuedAtEpochSecond, Octets signature) {

  /** The longest encoding: format, two names of at most 64 characters, key, time, signature. */
  public static final int MAXIMUM_ENCODED_BYTES =
      1 + 2 * (1 + 64) + Signer.PUBLIC_KEY_BYTES + Long.BYTES + Signer.SIGNATURE_BYTES;

  private static final String LABEL = "covey/v1/identity-certificate";
  private static final byte FORMAT = 1;

  public IdentityCertificate {
    identityKey.requireLength("identity key", Signer.PUBLIC_KEY_BYTES);
    signature.requireLength("signature", Signer.SIGNATURE_BYTES);
    if (issuedAtEpochSecond < 0) {
      throw new IllegalArgumentException(
          "issued " + issuedAtEpochSecond + " s after 1970, expected 0 or more");
    }
  }

  /** What the authority signs. */
  static byte[] statement(
      FleetId fleet, AgentId agent, Octets identityKey, long issuedAtEpochSecond) {
    return new Canonical(LABEL)
        .text(fleet.value())
        .agent(agent)
        .octets(identityKey)
        .number(issuedAtEpochSecond)
        .toBytes();
  }

  /** Whether the signature is the authority's; takes one verification. */
  public boolean isIssuedBy(Octets authorityKey, Signer signer) {
    return signer.verify(
        authorityKey, statement(fleet, agent, identityKey, issuedAtEpochSecond), signature);
  }

  /**
   * For messages and files, at most {@link #MAXIMUM_ENCODED_BYTES}: a byte for the format, 1; fleet
   * and agent in ASCII, each after a byte with its length; key (32), time (8, big-endian),
   * signature (64).
   */
  public Octets encode() {
    byte[] fleetName = fleet.value().getBytes(StandardCharsets.US_ASCII);
    byte[] agentName = agent.value().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer encoded =
        ByteBuffer.allocate(
            MAXIMUM_ENCODED_BYTES - (64 - fleetName.length) - (64 - agentName.length));
    encoded.put(FORMAT);
    // Names have at most 64 characters, so their lengths fit in a byte.
    encoded.put((byte) fleetName.length).put(fleetName);
    encoded.put((byte) agentName.length).put(agentName);
    encoded.put(identityKey.toBytes()).putLong(issuedAtEpochSecond).put(signature.toBytes());
    return Octets.owning(encoded.array());
  }

  /**
   * Reads what {@link #encode} wrote. Verifies nothing.
   *
   * @return empty for everything else, whatever it is
   */
  public static Optional<IdentityCertificate> decode(Octets encoded) {
    if (encoded.length() > MAXIMUM_ENCODED_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(encoded.toBytes());
    try {
      if (bytes.get() != FORMAT) {
        return Optional.empty();
      }
      IdentityCertificate certificate =
          new IdentityCertificate(
              new FleetId(name(bytes)),
              new AgentId(name(bytes)),
              Octets.owning(next(bytes, Signer.PUBLIC_KEY_BYTES)),
              bytes.getLong(),
              Octets.owning(next(bytes, Signer.SIGNATURE_BYTES)));
      return bytes.hasRemaining() ? Optional.empty() : Optional.of(certificate);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // Too short, or values that no certificate can have.
      return Optional.empty();
    }
  }

  private static String name(ByteBuffer bytes) {
    int length = Byte.toUnsignedInt(bytes.get());
    // Every byte becomes one character, so that nothing but ASCII passes the check of names.
    return new String(next(bytes, length), StandardCharsets.ISO_8859_1);
  }

  private static byte[] next(ByteBuffer bytes, int length) {
    byte[] next = new byte[length];
    bytes.get(next);
    return next;
  }
}
