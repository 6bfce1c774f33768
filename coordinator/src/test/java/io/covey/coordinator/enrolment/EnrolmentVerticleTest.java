package io.covey.coordinator.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The issuing service as devices reach it: over TLS, on loopback. */
class EnrolmentVerticleTest {
  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private IssuerUnderTest issuer;
  private SoftwareDeviceKeys keys;
  private int port;

  @BeforeEach
  void start() throws Exception {
    issuer = new IssuerUnderTest(directory, Instant.now());
    keys = issuer.knownKeys();
    port = deploy(IssuerLimits.standard()).port();
  }

  private EnrolmentVerticle deploy(IssuerLimits limits) throws Exception {
    EnrolmentVerticle verticle =
        new EnrolmentVerticle(
            issuer.desk, new HostPort("127.0.0.1", 0), Set.of("localhost"), limits);
    vertx
        .deployVerticle(verticle)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    return verticle;
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private HttpClient client(SSLContext tls) {
    return HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
  }

  private HttpClient stranger() {
    return client(FleetTls.firstContact(issuer.root.fingerprint()));
  }

  private HttpClient agent(Membership membership) {
    return client(FleetTls.client(membership.tls(keys), IssuerUnderTest.FLEET, Role.ISSUER));
  }

  private HttpResponse<byte[]> send(HttpClient client, HttpRequest.Builder request)
      throws Exception {
    return client.send(
        request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path));
  }

  private HttpRequest.Builder post(String path, String type, byte[] body) {
    return to(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<byte[]> enrol(JoinToken token) throws Exception {
    byte[] body = IssuerUnderTest.application(token, keys).toJson();
    return send(stranger(), post("/v1/enrolments", "application/json", body));
  }

  private HttpResponse<byte[]> renew(HttpClient client, Membership membership) throws Exception {
    byte[] body = issuer.renewal(membership, keys).toBytes();
    return send(client, post("/v1/renewals", "application/octet-stream", body));
  }

  private Membership membership(HttpResponse<byte[]> response) throws Exception {
    assertThat(response.statusCode()).isEqualTo(201);
    Membership membership = Membership.parse(response.body());
    membership.verify(issuer.root.fingerprint(), keys, issuer.now, IssuerUnderTest.SIGNER);
    return membership;
  }

  private static void assertProblem(HttpResponse<byte[]> response, Refusal expected)
      throws Exception {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    var problem = new ObjectMapper().readTree(response.body());
    assertThat(problem.get("type").asText()).isEqualTo(expected.uri());
    assertThat(problem.get("status").asInt())
        .isEqualTo(response.statusCode())
        .isEqualTo(expected.status());
    assertThat(problem.get("title").asText()).isEqualTo(expected.title());
  }

  @Test
  void aDeviceEnrolsAndRenewsAndIsRevoked() throws Exception {
    Membership first = membership(enrol(issuer.invite("kitchen")));
    Membership second = membership(renew(agent(first), first));
    assertThat(second.certificates().facts().serial())
        .isNotEqualTo(first.certificates().facts().serial());
    assertProblem(send(agent(first), to("/v1/revocations")), Refusal.NOT_FOUND);
    issuer.desk.revoke(new AgentId("kitchen"));
    assertProblem(renew(agent(second), second), Refusal.REVOKED);
    HttpResponse<byte[]> answer = send(stranger(), to("/v1/revocations"));
    RevocationList list = RevocationList.decode(Octets.owning(answer.body())).orElseThrow();
    assertThat(list.contains(second.certificates().facts().serial())).isTrue();
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> unchanged =
        send(stranger(), to("/v1/revocations").header("If-None-Match", tag));
    assertThat(unchanged.statusCode()).isEqualTo(304);
    assertThat(unchanged.body()).isEmpty();
  }

  @Test
  void theSecretIsNotSentToAServerThatTheTokenIsNotFor() throws Exception {
    HttpClient pinnedElsewhere = client(FleetTls.firstContact(Sha256.of(new byte[0])));
    JoinToken token = issuer.invite("kitchen");
    byte[] body = IssuerUnderTest.application(token, keys).toJson();
    assertThatThrownBy(
            () -> send(pinnedElsewhere, post("/v1/enrolments", "application/json", body)))
        .isInstanceOf(SSLHandshakeException.class);
    membership(enrol(token));
  }

  @Test
  void renewingTakesTheCertificateInTls() throws Exception {
    Membership membership = membership(enrol(issuer.invite("kitchen")));
    assertProblem(renew(stranger(), membership), Refusal.NO_CERTIFICATE);
  }

  @Test
  void everyRefusalIsAProblemDetail() throws Exception {
    HttpClient client = stranger();
    JoinToken token = issuer.invite("kitchen");
    membership(enrol(token));
    byte[] others = IssuerUnderTest.application(token, issuer.keys()).toJson();
    assertProblem(
        send(client, post("/v1/enrolments", "application/json", others)), Refusal.TOKEN_USED);
    assertProblem(
        send(client, post("/v1/enrolments", "application/json", new byte[] {'{'})),
        Refusal.MALFORMED);
    assertProblem(
        send(client, post("/v1/enrolments", "application/json", new byte[17 * 1024])),
        Refusal.BODY_TOO_LARGE);
    assertProblem(send(client, post("/v1/enrolments", "text/plain", others)), Refusal.MALFORMED);
    assertProblem(send(client, to("/v1/elsewhere")), Refusal.NOT_FOUND);
    assertProblem(send(client, to("/v1/enrolments")), Refusal.NOT_FOUND);
  }

  @Test
  void guessingIsSlowedDown() throws Exception {
    JoinToken guess =
        new JoinToken(
            List.of(new HostPort("localhost", port)),
            issuer.root.fingerprint(),
            SecretBytes.owning(new byte[JoinToken.SECRET_BYTES]),
            Instant.ofEpochSecond(issuer.now.getEpochSecond() + 60));
    for (int i = 0; i < 10; i++) {
      assertProblem(enrol(guess), Refusal.TOKEN_UNKNOWN);
    }
    HttpResponse<byte[]> refused = enrol(guess);
    assertProblem(refused, Refusal.TOO_MANY);
    assertThat(refused.headers().firstValue("Retry-After")).contains("10");
    issuer.now = issuer.now.plusSeconds(10);
    assertProblem(enrol(guess), Refusal.TOKEN_UNKNOWN);
    assertProblem(enrol(guess), Refusal.TOO_MANY);
  }

  @Test
  void anApplicationWithoutAProofIsRefused() throws Exception {
    JoinToken token = issuer.invite("kitchen");
    try (EnrolmentApplication bare =
        new EnrolmentApplication(token.secret().copy(), Octets.owning(new byte[100]))) {
      assertProblem(
          send(stranger(), post("/v1/enrolments", "application/json", bare.toJson())),
          Refusal.BAD_REQUEST_FOR_CERTIFICATES);
    }
  }

  private SSLSocket connect(int to) throws Exception {
    SSLContext tls = FleetTls.firstContact(issuer.root.fingerprint());
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", to);
    socket.setSoTimeout(60_000);
    socket.startHandshake();
    return socket;
  }

  private static String readToEnd(SSLSocket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (SocketException e) {
      // A reset ends a connection as well.
      return "";
    }
  }

  @Test
  void connectionsBeyondTheLimitOfAnAddressAreClosedAndRoomComesBack() throws Exception {
    int limited =
        deploy(new IssuerLimits(8, 2, Duration.ofSeconds(60), Duration.ofSeconds(60))).port();
    String request = "GET /v1/revocations HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (SSLSocket first = connect(limited);
        SSLSocket second = connect(limited)) {
      answered(first, request);
      answered(second, request);
      try (SSLSocket third = connect(limited)) {
        assertThat(readToEnd(third)).isEmpty();
      }
      answered(second, request);
      first.close();
      // The server hears of the end in its own time.
      boolean room = false;
      for (int i = 0; i < 1000 && !room; i++) {
        try (SSLSocket next = connect(limited)) {
          next.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
          room = next.getInputStream().read() == 'H';
        } catch (IOException e) {
          // Closed once more.
        }
      }
      assertThat(room).isTrue();
    }
  }

  private static void answered(SSLSocket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("}") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("after %s", answer).isNotNegative();
      answer.append((char) next);
    }
    assertThat(answer).startsWith("HTTP/1.1 404");
  }

  @Test
  void aRequestThatDoesNotComeToAnEndIsGivenUp() throws Exception {
    // Nothing here is ever idle.
    int port = deploy(new IssuerLimits(8, 8, Duration.ofHours(1), Duration.ofMillis(300))).port();
    try (SSLSocket half = connect(port)) {
      half.getOutputStream()
          .write(
              ("POST /v1/enrolments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
                      + "\r\nContent-Length: 1000\r\n\r\n{\"secret\":")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(readToEnd(half))
          .startsWith("HTTP/1.1 503")
          .containsIgnoringCase("Connection: close");
    }
    try (SSLSocket head = connect(port)) {
      head.getOutputStream().write("GET /v1/revo".getBytes(StandardCharsets.US_ASCII));
      assertThat(readToEnd(head)).isEmpty();
    }
    try (SSLSocket silent = connect(port)) {
      assertThat(readToEnd(silent)).isEmpty();
    }
  }
}
