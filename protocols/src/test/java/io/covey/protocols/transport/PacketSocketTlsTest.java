package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link PacketSocket} over TLS, against a server of the Java platform's. */
@Timeout(60)
final class PacketSocketTlsTest {
  private static final String PASSWORD = "public";
  private static final int MAXIMUM = 1000;
  private static final int TIMEOUT_MILLIS = 20_000;

  @TempDir private static Path folder;

  private static SSLContext tls;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** One certificate for "localhost", which is also the only one that is trusted. */
  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("localhost.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "localhost",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD);
    Process keytool = new ProcessBuilder(command).inheritIO().start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("localhost", keys.getCertificate("localhost"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    tls = SSLContext.getInstance("TLSv1.3");
    tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static PacketSocketFactory factory(String host, int port) {
    TlsEndpoint endpoint = new TlsEndpoint(() -> tls, host, port);
    return new PacketSocketFactory(MAXIMUM, Optional.of(endpoint));
  }

  private static ServerSocket listener(boolean secured) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return secured
        ? tls.getServerSocketFactory().createServerSocket(0, 5, loopback)
        : new ServerSocket(0, 5, loopback);
  }

  private static void connect(Socket socket, ServerSocket server) throws IOException {
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
        TIMEOUT_MILLIS);
  }

  /** A server that reads one byte and answers with a packet. */
  private static String serve(ServerSocket server, int bodyBytes) throws IOException {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      assertThat(socket.getInputStream().read()).isEqualTo(0xC0);
      byte[] packet = new byte[3 + bodyBytes];
      packet[0] = 0x30;
      // A variable byte integer of two bytes: below 16,384.
      packet[1] = (byte) (0x80 | (bodyBytes & 0x7F));
      packet[2] = (byte) (bodyBytes >> 7);
      socket.getOutputStream().write(packet);
      // Until the client has said that it ends, and not merely vanished.
      return "end: " + socket.getInputStream().read() + ", " + socket.getSession().getProtocol();
    }
  }

  @Test
  void packetsComeThroughTlsAndTheLastWordIsHeard() throws Exception {
    try (ServerSocket server = listener(true);
        Socket client = factory("localhost", server.getLocalPort()).createSocket()) {
      Future<String> served = threads.submit(() -> serve(server, 500));
      connect(client, server);
      client.setSoTimeout(TIMEOUT_MILLIS);
      client.getOutputStream().write(new byte[] {(byte) 0xC0}, 0, 1);
      assertThat(client.getInputStream().readNBytes(503)).hasSize(503).startsWith(0x30);
      ((PacketSocket) client).awaitPeerOnClose();
      client.shutdownInput();
      assertThat(served.get()).isEqualTo("end: -1, TLSv1.3");
    }
  }

  @Test
  void aPacketThatIsTooLongEndsTheConnectionOverTlsToo() throws Exception {
    try (ServerSocket server = listener(true);
        Socket client = factory("localhost", server.getLocalPort()).createSocket()) {
      var unused = threads.submit(() -> serve(server, MAXIMUM + 1));
      connect(client, server);
      client.setSoTimeout(TIMEOUT_MILLIS);
      client.getOutputStream().write(new byte[] {(byte) 0xC0}, 0, 1);
      assertThatThrownBy(() -> client.getInputStream().read())
          .hasMessageContaining("a packet of 1001 bytes, expected at most 1000");
    }
  }

  /** A reader that polls must not lose its place in the stream of TLS's own records either. */
  @Test
  void aTimeoutWithinARecordLosesNothing() throws Exception {
    try (ServerSocket server = listener(true);
        ServerSocket between = listener(false);
        Socket client = factory("localhost", server.getLocalPort()).createSocket()) {
      var unused = threads.submit(() -> serve(server, 900));
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch timedOut = new CountDownLatch(1);
      var unusedToo = threads.submit(() -> relay(between, server, asked, timedOut));
      connect(client, between);
      client.setSoTimeout(50);
      InputStream in = client.getInputStream();
      asked.countDown();
      client.getOutputStream().write(new byte[] {(byte) 0xC0}, 0, 1);
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      timedOut.countDown();
      client.setSoTimeout(TIMEOUT_MILLIS);
      assertThat(in.readNBytes(903)).hasSize(903).startsWith(0x30);
    }
  }

  /**
   * Passes everything on; once the client has asked, the answer's last 300 bytes only when told.
   */
  private Void relay(
      ServerSocket from, ServerSocket to, CountDownLatch asked, CountDownLatch release)
      throws Exception {
    try (Socket client = from.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), to.getLocalPort())) {
      var unused =
          threads.submit(() -> client.getInputStream().transferTo(server.getOutputStream()));
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[8192];
      InputStream in = server.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        boolean answer = asked.getCount() == 0 && count > 900;
        int first = answer ? count - 300 : count;
        out.write(buffer, 0, first);
        if (answer) {
          release.await();
          out.write(buffer, first, count - first);
        }
      }
      return null;
    }
  }

  @Test
  void aServerOfAnotherNameIsRefusedAndTheConnectionIsClosed() throws Exception {
    try (ServerSocket server = listener(true);
        Socket client = factory("broker.example", server.getLocalPort()).createSocket()) {
      var unused = threads.submit(() -> serve(server, 10));
      assertThatThrownBy(() -> connect(client, server)).isInstanceOf(SSLException.class);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void aServerThatSpeaksNoTlsIsRefused() throws Exception {
    try (ServerSocket server = listener(false);
        Socket client = factory("localhost", server.getLocalPort()).createSocket()) {
      var unused =
          threads.submit(
              () -> {
                Socket socket = server.accept();
                socket.getOutputStream().write("SSH-2.0-\r\n".getBytes(StandardCharsets.US_ASCII));
                return socket;
              });
      assertThatThrownBy(() -> connect(client, server)).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aHandshakeThatHangsEndsWhenTheConnectionIsGivenUp() throws Exception {
    try (ServerSocket server = listener(false)) {
      PacketSocketFactory factory = factory("localhost", server.getLocalPort());
      Socket client = factory.createSocket();
      Future<Boolean> connecting =
          threads.submit(
              () -> {
                connect(client, server);
                return true;
              });
      try (Socket accepted = server.accept()) {
        // The client hello is there: the handshake has begun.
        assertThat(accepted.getInputStream().read()).isEqualTo(22);
        factory.close();
        assertThatThrownBy(() -> connecting.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
            .hasRootCauseInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void theSchemeAndTheContextGoTogether() {
    assertThatThrownBy(() -> TransportSettings.of(URI.create("mqtts://localhost:8883"), "a"))
        .hasMessageContaining("without a TLS context");
    assertThatThrownBy(
            () -> TransportSettings.overTls(URI.create("mqtt://localhost:1883"), "a", () -> tls))
        .hasMessageContaining("with a TLS context");
    TransportSettings settings =
        TransportSettings.overTls(URI.create("mqtts://[::1]:8883"), "a", () -> tls);
    assertThat(TlsEndpoint.of(settings).map(TlsEndpoint::host)).contains("::1");
  }
}
