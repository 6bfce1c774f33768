package io.covey.crypto.identity.x509;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who somebody is in TLS.
 *
 * @param chain the own certificate first, the root last
 * @param privateKey of the own certificate; perhaps no more than a handle
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey privateKey) {

  public TlsIdentity {
    chain = List.copyOf(chain);
    if (chain.size() < 2) {
      throw new IllegalArgumentException(
          "chain of %d certificates, expected a root at the end of it".formatted(chain.size()));
    }
  }

  public X509Certificate own() {
    return chain.get(0);
  }

  public X509Certificate root() {
    return chain.get(chain.size() - 1);
  }

  @Override
  public String toString() {
    return "TlsIdentity[" + own().getSubjectX500Principal() + ", key redacted]";
  }
}
