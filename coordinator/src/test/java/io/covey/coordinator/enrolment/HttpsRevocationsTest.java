package io.covey.coordinator.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.settings.HostPort;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a coordinator learns of revocations from an issuing service on another machine. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HttpsRevocationsTest {
  private static final AgentId KITCHEN = new AgentId("kitchen");

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<String> entityTags = new LinkedBlockingQueue<>();
  private IssuerUnderTest issuer;
  private Revocations heeded;
  private String deployment = "";

  @BeforeEach
  void start() {
    issuer = new IssuerUnderTest(directory, Instant.now());
    heeded =
        new Revocations(
            new FleetVerifier(
                IssuerUnderTest.FLEET, issuer.authority.publicKey(), IssuerUnderTest.SIGNER));
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private TlsIdentity member(Role role) {
    KeyPair keys = P256Keys.generate();
    List<String> hosts = role.isServer() ? List.of("localhost") : List.of();
    return new TlsIdentity(
        issuer
            .desk
            .authority()
            .certify(
                MemberName.of(IssuerUnderTest.FLEET, role),
                hosts,
                keys.getPublic(),
                issuer.desk.term(Duration.ofDays(1))),
        keys.getPrivate());
  }

  private HttpsRevocations asking(int port) {
    return new HttpsRevocations(
        new HostPort("localhost", port), member(Role.COORDINATOR), IssuerUnderTest.FLEET);
  }

  private EnrolmentVerticle service(int port) throws Exception {
    EnrolmentVerticle verticle =
        new EnrolmentVerticle(issuer.desk, new HostPort("localhost", port), Set.of("localhost"));
    deployment =
        vertx
            .deployVerticle(verticle)
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    return verticle;
  }

  /** A server of the fleet that answers as it likes, on a free port. */
  private int server(Role role, Handler<HttpServerRequest> answer) throws Exception {
    TlsIdentity own = member(role);
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setHost("localhost")
                .setPort(0)
                .setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of(FleetTls.PROTOCOL))
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(
                    KeyCertOptions.wrap((X509KeyManager) FleetTls.keyManagers(own)[0]))
                .setTrustOptions(
                    TrustOptions.wrap(FleetTls.clientTrust(own.root(), IssuerUnderTest.FLEET))))
        .requestHandler(
            request -> {
              entityTags.add(String.valueOf(request.getHeader("If-None-Match")));
              answer.handle(request);
            })
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS)
        .actualPort();
  }

  private static void send(HttpServerRequest request, RevocationList list) {
    request.response().end(Buffer.buffer(list.encode().toBytes()));
  }

  private Membership enrolled() throws IOException {
    return issuer.granted(issuer.enrol(issuer.invite("kitchen"), issuer.knownKeys()));
  }

  /** One look of whoever heeds revocations; what goes wrong is logged, and changes nothing. */
  private void look(RevocationSource source) {
    RevocationWatch.start(source, List.of(heeded)).close();
  }

  @Test
  void whatTheServiceRevokesIsHeeded() throws Exception {
    Membership membership = enrolled();
    HttpsRevocations source = asking(service(0).port());
    assertThat(source.newest()).as("nothing was ever revoked").isEmpty();
    issuer.desk.revoke(KITCHEN);
    look(source);
    assertThat(heeded.isRevoked(membership.certificates().facts().serial())).isTrue();
    RevocationList first = heeded.newest().orElseThrow();
    assertThat(source.newest()).as("the same, which is not sent again").contains(first);
    Membership other = enrolled();
    issuer.desk.revoke(KITCHEN);
    look(source);
    assertThat(heeded.newest().orElseThrow().content().version())
        .isGreaterThan(first.content().version());
    assertThat(heeded.isRevoked(other.certificates().facts().serial())).isTrue();
  }

  @Test
  void whileTheServiceIsAwayWhatIsKnownCountsAndLaterTheRest() throws Exception {
    int port = service(0).port();
    HttpsRevocations source = asking(port);
    Membership membership = enrolled();
    issuer.desk.revoke(KITCHEN);
    look(source);
    vertx.undeploy(deployment).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThatThrownBy(source::newest).isInstanceOf(IOException.class);
    look(source);
    assertThat(heeded.isRevoked(membership.certificates().facts().serial())).isTrue();
    Membership later = enrolled();
    issuer.desk.revoke(KITCHEN);
    service(port);
    look(source);
    assertThat(heeded.isRevoked(later.certificates().facts().serial())).isTrue();
  }

  @Test
  void aListThatIsKnownIsAskedForByItsTagAndNotSentAgain() throws Exception {
    RevocationList list = list(3);
    int port =
        server(
            Role.ISSUER,
            request -> {
              request.response().putHeader("ETag", "\"three\"");
              if ("\"three\"".equals(request.getHeader("If-None-Match"))) {
                request.response().setStatusCode(304).end();
              } else {
                send(request, list);
              }
            });
    HttpsRevocations source = asking(port);
    assertThat(source.newest()).contains(list);
    assertThat(source.newest()).contains(list);
    assertThat(entityTags).containsExactly("", "\"three\"");
  }

  private RevocationList list(long version) {
    return signed(issuer.authority, version);
  }

  private static RevocationList signed(FleetAuthority by, long version) {
    return by.revoke(
        new RevocationList.Content(
            IssuerUnderTest.FLEET, version, Instant.now().getEpochSecond(), List.of()));
  }

  @Test
  void aListThatSomebodyElseSignedOrThatIsOlderIsNotHeeded() throws Exception {
    RevocationList known = list(5);
    heeded.heed(known);
    FleetAuthority other =
        FleetAuthority.generate(IssuerUnderTest.FLEET, issuer.random, IssuerUnderTest.SIGNER);
    for (RevocationList lie : List.of(signed(other, 9), list(4), signed(other, 5))) {
      look(asking(server(Role.ISSUER, request -> send(request, lie))));
      assertThat(heeded.newest()).contains(known);
    }
    look(asking(server(Role.ISSUER, request -> send(request, list(6)))));
    assertThat(heeded.newest().orElseThrow().content().version()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 302, 403, 500})
  void anotherStatusIsAFailureThatChangesNothing(int status) throws Exception {
    RevocationList known = list(5);
    heeded.heed(known);
    int port =
        server(
            Role.ISSUER,
            request ->
                request
                    .response()
                    .setStatusCode(status)
                    .putHeader("Location", "https://localhost:1/")
                    .end());
    HttpsRevocations source = asking(port);
    assertThatThrownBy(source::newest)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered with " + status);
    look(source);
    assertThat(heeded.newest()).contains(known);
  }

  @Test
  void whatIsNoListIsAFailure() throws Exception {
    byte[] cut = list(5).encode().toBytes();
    for (Buffer lie :
        List.of(
            Buffer.buffer(),
            Buffer.buffer("<html>"),
            Buffer.buffer(cut).slice(0, cut.length - 1),
            Buffer.buffer(cut).appendByte((byte) 0))) {
      HttpsRevocations source = asking(server(Role.ISSUER, request -> request.response().end(lie)));
      assertThatThrownBy(source::newest)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no revocation list");
    }
  }

  @Test
  void anAnswerThatIsTooLongIsNotTakenAndOneWithoutEndIsCutOff() throws Exception {
    byte[] tooLong = new byte[RevocationList.MAXIMUM_ENCODED_BYTES + 1];
    int port = server(Role.ISSUER, request -> request.response().end(Buffer.buffer(tooLong)));
    assertThatThrownBy(() -> asking(port).newest())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than " + RevocationList.MAXIMUM_ENCODED_BYTES + " bytes");
    Buffer piece = Buffer.buffer(new byte[64 * 1024]);
    int endless =
        server(
            Role.ISSUER,
            request -> {
              request.response().setChunked(true);
              pour(request, piece);
            });
    assertThatThrownBy(() -> asking(endless).newest())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than " + RevocationList.MAXIMUM_ENCODED_BYTES + " bytes");
  }

  /** For as long as somebody takes it. */
  private static void pour(HttpServerRequest request, Buffer piece) {
    request.response().write(piece).onSuccess(sent -> pour(request, piece));
  }

  @Test
  void anAnswerThatStopsInTheMiddleIsWaitedForNoLongerThanItMay() throws Exception {
    int port =
        server(
            Role.ISSUER,
            request ->
                request
                    .response()
                    .putHeader("Content-Length", "1000")
                    .write(Buffer.buffer(new byte[10])));
    assertThatThrownBy(() -> asking(port).newest())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("took longer than");
    int silent = server(Role.ISSUER, request -> {});
    assertThatThrownBy(() -> asking(silent).newest()).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"BROKER", "DELIVERY"})
  void anotherServerOfTheFleetIsNotTheIssuingService(String role) throws Exception {
    int port = server(Role.valueOf(role), request -> send(request, list(5)));
    assertThatThrownBy(() -> asking(port).newest()).isInstanceOf(IOException.class);
    assertThat(entityTags).as("nothing was asked").isEmpty();
  }

  @Test
  void anotherFleetsServiceIsNotTheIssuingServiceAndANewCertificateIsUsedAtOnce() throws Exception {
    RevocationList list = list(5);
    int port = server(Role.ISSUER, request -> send(request, list));
    HttpsRevocations source =
        new HttpsRevocations(new HostPort("localhost", port), stranger(), IssuerUnderTest.FLEET);
    assertThatThrownBy(source::newest).isInstanceOf(IOException.class);
    assertThat(entityTags).as("nothing was asked").isEmpty();
    source.prove(member(Role.COORDINATOR));
    assertThat(source.newest()).contains(list);
  }

  /** A coordinator of a fleet of the same name, under another root. */
  private TlsIdentity stranger() {
    FleetRoot root =
        FleetRoot.create(
            IssuerUnderTest.FLEET,
            SecretBytes.drawnFrom(issuer.random, 32),
            Instant.now(),
            issuer.random,
            IssuerUnderTest.SIGNER);
    FleetAuthority authority =
        FleetAuthority.generate(IssuerUnderTest.FLEET, issuer.random, IssuerUnderTest.SIGNER);
    KeyPair keys = P256Keys.generate();
    return new TlsIdentity(
        root.certify(authority, Instant.now(), issuer.random)
            .certify(
                MemberName.of(IssuerUnderTest.FLEET, Role.COORDINATOR),
                List.of(),
                keys.getPublic(),
                IssuingAuthority.Term.draw(
                    issuer.random, Validity.from(Instant.now(), Duration.ofDays(1)))),
        keys.getPrivate());
  }
}
