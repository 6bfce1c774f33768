package io.covey.crypto.identity.x509;

import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS between members of a fleet (RFC 8446), with the Java platform's implementation. Whom somebody
 * trusts is the fleet's root and nobody else; a member must also have the role that it claims by
 * what it does, so that an agent's certificate does not make a broker.
 */
public final class FleetTls {
  /** The only version, unless a setting says otherwise. */
  public static final String PROTOCOL = "TLSv1.3";

  private FleetTls() {}

  /** For a client with a certificate that wants to reach a server of this role. */
  public static SSLContext client(TlsIdentity own, FleetId fleet, Role server) {
    return context(
        keyManagers(own), new FleetRootTrust(own.root(), name -> isServer(name, fleet, server)));
  }

  /**
   * For a client without a certificate that knows no more than its join token says: it talks to an
   * issuing service under the root of this fingerprint.
   */
  public static SSLContext firstContact(Sha256 rootFingerprint) {
    return context(new KeyManager[0], new PinnedRootTrust(rootFingerprint));
  }

  /** What a server of the fleet asks of its clients' certificates. */
  public static X509ExtendedTrustManager clientTrust(X509Certificate root, FleetId fleet) {
    return new FleetRootTrust(root, name -> name.fleet().equals(fleet) && !name.role().isServer());
  }

  private static boolean isServer(MemberName name, FleetId fleet, Role role) {
    return name.fleet().equals(fleet) && name.role() == role;
  }

  /** What proves who a member is. */
  public static KeyManager[] keyManagers(TlsIdentity own) {
    try {
      char[] password = new char[0];
      KeyStore store = emptyStore();
      store.setKeyEntry(
          "own", own.privateKey(), password, own.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, password);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("key and certificates do not serve for TLS", e);
    }
  }

  /** The platform's own validation of chains, with one root. */
  static X509ExtendedTrustManager platformTrust(X509Certificate root) {
    try {
      KeyStore store = emptyStore();
      store.setCertificateEntry("root", root);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("this Java runtime validates no certificates");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime validates no certificates", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new IllegalStateException("an empty store is read from nowhere", e);
    }
  }

  private static SSLContext context(KeyManager[] own, TrustManager trusted) {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(own, new TrustManager[] {trusted}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks " + PROTOCOL, e);
    }
  }

  /** The certificate at the end of a chain that has this fingerprint, if it is there. */
  static Optional<X509Certificate> rootOf(X509Certificate[] chain, Sha256 fingerprint) {
    if (chain.length < 2) {
      return Optional.empty();
    }
    return Optional.of(chain[chain.length - 1])
        .filter(last -> FleetRoot.fingerprint(last).equals(fingerprint));
  }
}
