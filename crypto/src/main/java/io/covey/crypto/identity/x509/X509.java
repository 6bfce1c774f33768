package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.primitive.Octets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;

/** Between certificates as Java has them, their bytes and their serial numbers. */
public final class X509 {
  /** Of one certificate; those of a fleet have some 700. */
  public static final int MAXIMUM_BYTES = 4096;

  private X509() {}

  /**
   * Reads one certificate in DER. Verifies nothing.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static X509Certificate certificate(Octets der) {
    if (der.length() > MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          "certificate of %d bytes, expected at most %d".formatted(der.length(), MAXIMUM_BYTES));
    }
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der.toBytes()));
      if (certificate == null || !der(certificate).equals(der)) {
        throw new IllegalArgumentException("not one certificate in DER");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not one certificate in DER", e);
    }
  }

  /** The bytes of a certificate. */
  public static Octets der(X509Certificate certificate) {
    try {
      return Octets.owning(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has bytes", e);
    }
  }

  /** The enrolment that a certificate came from; empty when it cannot be of this fleet. */
  public static Optional<SerialNumber> serialOf(X509Certificate certificate) {
    try {
      return Optional.of(SerialNumber.of(certificate.getSerialNumber()));
    } catch (IllegalArgumentException e) {
      // Another authority's numbers.
      return Optional.empty();
    }
  }

  static byte[] der(ASN1Encodable structure) {
    try {
      return structure.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a structure in memory has bytes", e);
    }
  }
}
