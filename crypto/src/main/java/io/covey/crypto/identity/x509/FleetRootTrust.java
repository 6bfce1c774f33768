package io.covey.crypto.identity.x509;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** The platform's validation under one root, and then the name of the member. Thread-safe. */
final class FleetRootTrust extends X509ExtendedTrustManager {
  private final X509Certificate root;
  private final X509ExtendedTrustManager platform;
  private final Predicate<MemberName> expected;

  FleetRootTrust(X509Certificate root, Predicate<MemberName> expected) {
    this.root = root;
    this.platform = FleetTls.platformTrust(root);
    this.expected = expected;
  }

  private void checkName(X509Certificate[] chain) throws CertificateException {
    if (MemberName.of(chain[0]).filter(expected).isEmpty()) {
      throw new CertificateException(
          "the certificate of "
              + chain[0].getSubjectX500Principal()
              + " is not one of the fleet for this purpose");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    platform.checkClientTrusted(chain, type, socket);
    checkName(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    platform.checkClientTrusted(chain, type, engine);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    platform.checkServerTrusted(chain, type, socket);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    platform.checkServerTrusted(chain, type, engine);
    checkName(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    platform.checkClientTrusted(chain, type);
    checkName(chain);
  }

  /** Without a connection there is no host to compare with, and nobody here does that. */
  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("a server is checked together with its connection only");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[] {root};
  }
}
