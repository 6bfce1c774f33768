package io.covey.crypto.identity.x509;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** Whether certificates are signed as they should be, by the Java platform's own validation. */
public final class CertificateChain {
  private CertificateChain() {}

  /** Throws {@link IllegalArgumentException} unless {@code issuer}'s key has signed it. */
  static void requireSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the certificate of "
              + certificate.getSubjectX500Principal()
              + " is not by "
              + issuer.getSubjectX500Principal(),
          e);
    }
  }

  /**
   * Validates a chain up to the root at its end (RFC 5280, section 6). Revocation is another
   * question.
   *
   * @param chain the member's own first, the root last
   * @param root that must be the last one
   * @throws IllegalArgumentException saying why it does not hold
   */
  public static void validate(List<X509Certificate> chain, X509Certificate root, Instant now) {
    int last = chain.size() - 1;
    if (last < 1 || !chain.get(last).equals(root)) {
      throw new IllegalArgumentException("the chain does not end in the fleet's root");
    }
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, last)),
              parameters);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the chain does not hold: " + e.getMessage(), e);
    }
  }
}
