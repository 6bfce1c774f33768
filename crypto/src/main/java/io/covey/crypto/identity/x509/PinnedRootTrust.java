package io.covey.crypto.identity.x509;

import io.covey.protocols.id.Sha256;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The first contact: the server shows its root, which counts if it has the fingerprint of the join
 * token; from there on everything is validated as ever. Thread-safe.
 */
final class PinnedRootTrust extends X509ExtendedTrustManager {
  private final Sha256 fingerprint;

  PinnedRootTrust(Sha256 fingerprint) {
    this.fingerprint = fingerprint;
  }

  private FleetRootTrust trustFor(X509Certificate[] chain) throws CertificateException {
    X509Certificate root =
        FleetTls.rootOf(chain, fingerprint)
            .orElseThrow(
                () ->
                    new CertificateException(
                        "the server is not the one that the join token is for: it shows no root"
                            + " of fingerprint "
                            + fingerprint));
    return new FleetRootTrust(root, name -> name.role() == Role.ISSUER);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    trustFor(chain).checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    trustFor(chain).checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    trustFor(chain).checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw clientsOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw clientsOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw clientsOnly();
  }

  private static CertificateException clientsOnly() {
    return new CertificateException("whoever enrols is a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
