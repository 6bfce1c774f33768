package io.covey.crypto.identity.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handshakes over loopback between members, and those who are none. */
class FleetTlsTest {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final FleetId HOME = new FleetId("home");

  private final TestFleetAuthority home = new TestFleetAuthority("home", Instant.now());
  private final TestFleetAuthority barn = new TestFleetAuthority("barn", Instant.now());
  private final TlsIdentity broker = home.server(Role.BROKER, "localhost", "127.0.0.1");
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private SSLContext server(TlsIdentity own) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance(FleetTls.PROTOCOL);
    TrustManager[] trusted = {FleetTls.clientTrust(home.root.certificate(), HOME)};
    context.init(FleetTls.keyManagers(own), trusted, null);
    return context;
  }

  private static SSLContext agentsContext(TlsIdentity agent) {
    return FleetTls.client(agent, HOME, Role.BROKER);
  }

  /** What the server knows of the client after each has heard a byte of the other. */
  private SSLSession meet(SSLContext server, boolean asks, SSLContext client, String host)
      throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket listener =
            (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0, 1, loopback);
        Socket tcp = new Socket(loopback, listener.getLocalPort())) {
      listener.setNeedClientAuth(asks);
      Future<SSLSession> served = threads.submit(() -> serve(listener));
      greet(client, tcp, host);
      return served.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static void greet(SSLContext client, Socket tcp, String host) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(tcp, host, tcp.getPort(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(1);
      // In TLS 1.3 a client learns only now that the server did not take its certificate.
      if (socket.getInputStream().read() != 2) {
        throw new SSLException("the server hung up");
      }
    }
  }

  private static SSLSession serve(SSLServerSocket listener) throws IOException {
    try (SSLSocket socket = (SSLSocket) listener.accept()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      socket.getOutputStream().write(2);
      return socket.getSession();
    }
  }

  private void refused(SSLContext server, SSLContext client, String host) {
    assertThatThrownBy(() -> meet(server, true, client, host)).isInstanceOf(IOException.class);
  }

  @Test
  void anAgentAndItsBrokerKnowEachOther() throws Exception {
    SSLSession session = meet(server(broker), true, agentsContext(home.agent("k")), "localhost");
    assertThat(session.getProtocol()).isEqualTo("TLSv1.3");
    assertThat(MemberName.of((X509Certificate) session.getPeerCertificates()[0]))
        .contains(MemberName.agent(HOME, new AgentId("k")));
    meet(server(broker), true, agentsContext(home.agent("k")), "127.0.0.1");
  }

  @Test
  void aClientWithoutACertificateIsRefused() {
    SSLContext stranger = FleetTls.firstContact(home.root.fingerprint());
    assertThatThrownBy(
            () -> meet(server(home.server(Role.ISSUER, "localhost")), true, stranger, "localhost"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aClientOfAnotherFleetOrAnEndedOneIsRefused() throws Exception {
    TlsIdentity foreign = barn.agent("k");
    TlsIdentity posing =
        new TlsIdentity(List.of(foreign.own(), home.root.certificate()), foreign.privateKey());
    SSLContext client = SSLContext.getInstance(FleetTls.PROTOCOL);
    TrustManager trust =
        new FleetRootTrust(home.root.certificate(), name -> name.role() == Role.BROKER);
    client.init(new KeyManager[] {new Showing(posing)}, new TrustManager[] {trust}, null);
    refused(server(broker), client, "localhost");
    TestFleetAuthority longAgo =
        new TestFleetAuthority("home", Instant.now().minus(Duration.ofDays(91)));
    TlsIdentity ended = longAgo.agent("k");
    SSLContext server = SSLContext.getInstance(FleetTls.PROTOCOL);
    server.init(
        FleetTls.keyManagers(longAgo.server(Role.BROKER, "localhost")),
        new TrustManager[] {FleetTls.clientTrust(longAgo.root.certificate(), HOME)},
        null);
    refused(server, agentsContext(ended), "localhost");
    // The same with a certificate that lasts: it is the end that is refused.
    meet(server, true, agentsContext(lasting(longAgo)), "localhost");
  }

  private static TlsIdentity lasting(TestFleetAuthority authority) {
    SoftwareDeviceKeys keys = authority.deviceKeys();
    EnrolledCertificates enrolled =
        authority.issuing.enrol(
            new AgentId("k"),
            EnrolmentRequest.create(keys, TestFleetAuthority.CONTEXT),
            authority.term(Duration.ofDays(180)));
    return new TlsIdentity(enrolled.chain(), keys.tlsPrivateKey());
  }

  @Test
  void anAgentOrTheIssuingServiceIsNoBroker() throws Exception {
    SSLContext agent = agentsContext(home.agent("k"));
    refused(server(home.agent("mallory")), agent, "localhost");
    refused(server(home.server(Role.ISSUER, "localhost")), agent, "localhost");
    refused(server(barn.server(Role.BROKER, "localhost")), agent, "localhost");
  }

  @Test
  void aBrokerIsNoClient() throws Exception {
    SSLContext brokerAsClient = FleetTls.client(broker, HOME, Role.BROKER);
    refused(server(broker), brokerAsClient, "localhost");
  }

  @Test
  void aBrokerIsTakenUnderItsOwnNamesOnly() throws Exception {
    refused(server(broker), agentsContext(home.agent("k")), "broker.example");
  }

  @Test
  void theFirstContactIsWithTheRootOfTheFingerprintOnly() throws Exception {
    SSLContext issuer = server(home.server(Role.ISSUER, "localhost"));
    meet(issuer, false, FleetTls.firstContact(home.root.fingerprint()), "localhost");
    for (SSLContext wrong :
        List.of(
            FleetTls.firstContact(barn.root.fingerprint()),
            FleetTls.firstContact(Sha256.of(new byte[0])))) {
      assertThatThrownBy(() -> meet(issuer, false, wrong, "localhost"))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("not the one that the join token is for");
    }
    assertThatThrownBy(
            () ->
                meet(
                    server(broker),
                    false,
                    FleetTls.firstContact(home.root.fingerprint()),
                    "localhost"))
        .as("a broker is not the issuing service")
        .isInstanceOf(SSLException.class);
    assertThatThrownBy(
            () -> meet(issuer, false, FleetTls.firstContact(home.root.fingerprint()), "elsewhere"))
        .isInstanceOf(SSLException.class);
  }

  /** The root is public: whoever shows it without the chain to it is not helped. */
  @Test
  void aForeignServerThatShowsTheRightRootIsRefused() throws Exception {
    TlsIdentity foreign = barn.server(Role.ISSUER, "localhost");
    TlsIdentity posing =
        new TlsIdentity(
            List.of(foreign.own(), barn.issuing.certificate(), home.root.certificate()),
            foreign.privateKey());
    SSLContext client = FleetTls.firstContact(home.root.fingerprint());
    SSLContext server = SSLContext.getInstance(FleetTls.PROTOCOL);
    server.init(new KeyManager[] {new Showing(posing)}, null, null);
    assertThatThrownBy(() -> meet(server, false, client, "localhost"))
        .isInstanceOf(SSLException.class);
  }

  /** Shows a chain that does not hold, which a key store would not take. */
  private static final class Showing extends X509ExtendedKeyManager {
    private final TlsIdentity shown;

    Showing(TlsIdentity shown) {
      this.shown = shown;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"shown"};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "shown";
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {"shown"};
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return "shown";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return shown.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return shown.privateKey();
    }
  }
}
