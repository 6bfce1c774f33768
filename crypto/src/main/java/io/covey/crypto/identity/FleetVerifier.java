package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;

/**
 * Tells what a fleet's authority has signed. Thread-safe.
 *
 * @param authorityKey Ed25519
 */
public record FleetVerifier(FleetId fleet, Octets authorityKey, Signer signer) {

  public FleetVerifier {
    authorityKey.requireLength("authority key", Signer.PUBLIC_KEY_BYTES);
  }

  public static FleetVerifier of(FleetTrust trust, Signer signer) {
    return new FleetVerifier(trust.fleet(), trust.authorityKey(), signer);
  }

  boolean hasSigned(IdentityCertificate certificate) {
    return certificate.isIssuedBy(authorityKey, signer);
  }

  /** Whether the authority has signed it; takes one verification. */
  public boolean hasSigned(EncryptionCertificate certificate) {
    return certificate.isIssuedBy(authorityKey, signer);
  }

  boolean hasSigned(RevocationList list) {
    return list.isIssuedBy(authorityKey, signer);
  }
}
