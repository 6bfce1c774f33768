package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.CertificateFacts;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.IdentityCertificate;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What one enrolment gives: all for one agent, with one serial number and one validity. Public.
 *
 * @param chain for TLS: the agent's own, the issuing authority's, the root's
 * @param identity for rounds and signed messages
 * @param encryption for what is encrypted to the agent
 */
public record EnrolledCertificates(
    List<X509Certificate> chain, IdentityCertificate identity, EncryptionCertificate encryption) {
  private static final int CHAIN = 3;

  /** Checks that they are of one enrolment; signatures are another question. */
  public EnrolledCertificates {
    chain = List.copyOf(chain);
    if (chain.size() != CHAIN) {
      throw new IllegalArgumentException(
          "chain of %d certificates, expected %d".formatted(chain.size(), CHAIN));
    }
    CertificateFacts facts = identity.facts();
    X509Certificate own = chain.get(0);
    boolean one =
        facts.equals(encryption.facts())
            && X509.serialOf(own).filter(facts.serial()::equals).isPresent()
            && MemberName.of(own)
                .filter(MemberName.agent(facts.fleet(), facts.agent())::equals)
                .isPresent();
    if (!one) {
      throw new IllegalArgumentException(
          "certificates of different enrolments, expected those of " + facts);
    }
  }

  public CertificateFacts facts() {
    return identity.facts();
  }

  public X509Certificate root() {
    return chain.get(chain.size() - 1);
  }
}
