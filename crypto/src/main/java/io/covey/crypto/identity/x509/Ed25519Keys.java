package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Octets;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Public keys of authorities in their certificates (RFC 8410). */
final class Ed25519Keys {
  private Ed25519Keys() {}

  /**
   * The raw key, 32 bytes.
   *
   * @throws IllegalArgumentException if the certificate is for a key of another kind
   */
  static Octets publicKeyOf(X509Certificate certificate) {
    SubjectPublicKeyInfo key =
        SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
    if (!EdECObjectIdentifiers.id_Ed25519.equals(key.getAlgorithm().getAlgorithm())) {
      throw new IllegalArgumentException(
          "a key of kind " + certificate.getPublicKey().getAlgorithm() + ", expected Ed25519");
    }
    return Octets.copyOf(key.getPublicKeyData().getOctets());
  }
}
