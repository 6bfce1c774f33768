package io.covey.crypto.identity;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The authority's statement that an agent of a fleet has an encryption key. Public. Whether the
 * authority made it is another question: see {@link #isIssuedBy}.
 *
 * @param facts whose key it is; of two certificates of one agent, the one that counts from later
 *     stands
 * @param encryptionKey X-Wing, {@link Kem#PUBLIC_KEY_BYTES}; wraps what only the agent may read
 * @param signature the authority's, Ed25519
 */
public record EncryptionCertificate(
    CertificateFacts facts, Octets encryptionKey, Octets signature) {

  /** The longest encoding: format, facts, key, signature. */
  public static final int MAXIMUM_ENCODED_BYTES =
      1 + CertificateFacts.MAXIMUM_ENCODED_BYTES + Kem.PUBLIC_KEY_BYTES + Signer.SIGNATURE_BYTES;

  private static final String LABEL = "covey/v1/encryption-certificate";
  private static final byte FORMAT = 1;

  public EncryptionCertificate {
    encryptionKey.requireLength("encryption key", Kem.PUBLIC_KEY_BYTES);
    signature.requireLength("signature", Signer.SIGNATURE_BYTES);
  }

  /** What the authority signs. */
  static byte[] statement(CertificateFacts facts, Octets encryptionKey) {
    return facts.addTo(new Canonical(LABEL)).octets(encryptionKey).toBytes();
  }

  public FleetId fleet() {
    return facts.fleet();
  }

  public AgentId agent() {
    return facts.agent();
  }

  /** When it counts. */
  public Validity validity() {
    return facts.validity();
  }

  /** Whether the signature is the authority's; takes one verification. */
  public boolean isIssuedBy(Octets authorityKey, Signer signer) {
    return signer.verify(authorityKey, statement(facts, encryptionKey), signature);
  }

  /**
   * For messages and files, at most {@link #MAXIMUM_ENCODED_BYTES}: a byte for the format, 1; fleet
   * and agent in ASCII, each after a byte with its length; serial number (16); from and until (8
   * each, big-endian); key (1216), signature (64).
   */
  public Octets encode() {
    int keyAndSignature = encryptionKey.length() + signature.length();
    ByteBuffer encoded = ByteBuffer.allocate(1 + facts.encodedBytes() + keyAndSignature);
    encoded.put(FORMAT);
    facts.encodeTo(encoded);
    encoded.put(encryptionKey.toBytes()).put(signature.toBytes());
    return Octets.owning(encoded.array());
  }

  /**
   * Reads what {@link #encode} wrote. Verifies nothing.
   *
   * @return empty for everything else, whatever it is
   */
  public static Optional<EncryptionCertificate> decode(Octets encoded) {
    if (encoded.length() > MAXIMUM_ENCODED_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(encoded.toBytes());
    try {
      if (bytes.get() != FORMAT) {
        return Optional.empty();
      }
      EncryptionCertificate certificate =
          new EncryptionCertificate(
              CertificateFacts.decode(bytes),
              CertificateFacts.next(bytes, Kem.PUBLIC_KEY_BYTES),
              CertificateFacts.next(bytes, Signer.SIGNATURE_BYTES));
      return bytes.hasRemaining() ? Optional.empty() : Optional.of(certificate);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // Too short, or values that no certificate can have.
      return Optional.empty();
    }
  }
}
