package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.broker.BrokerTls;
import io.covey.coordinator.broker.TestFleet;
import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.coordinator.http.FileDeliverySettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Certificates that are replaced while a coordinator runs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CertificateRenewalTest {
  private static final TestFleet FLEET = new TestFleet("22");

  @TempDir private Path data;

  /** Whom a server says that it is. */
  private static Certificate presentedBy(int port, Role role) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            FleetTls.client(FLEET.agent("onlooker"), TestFleet.FLEET, role)
                .getSocketFactory()
                .createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  /** Blocks a moment between two looks; the test's time limit is the only other one. */
  private static void awaitPresented(int port, Role role, TlsIdentity expected) throws Exception {
    BlockingQueue<Boolean> nothing = new LinkedBlockingQueue<>();
    while (!presentedBy(port, role).equals(expected.own())) {
      assertThat(nothing.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  /** As an authority makes them; the coordinator's own is over at the start. */
  private static TlsIdentity endedCoordinator() {
    KeyPair keys = P256Keys.generate();
    Instant then = Instant.now().minus(Duration.ofDays(10));
    return new TlsIdentity(
        FLEET
            .authority()
            .certify(
                MemberName.of(TestFleet.FLEET, Role.COORDINATOR),
                List.of(),
                keys.getPublic(),
                IssuingAuthority.Term.draw(
                    AesCtrRandomWords.fromSystemRandomness(),
                    Validity.from(then, Duration.ofDays(1)))),
        keys.getPrivate());
  }

  private record Hearsay(BlockingQueue<TlsIdentity> proofs) implements RevocationSource {
    @Override
    public Optional<RevocationList> newest() {
      return Optional.of(FLEET.list());
    }

    @Override
    public void prove(TlsIdentity own) {
      proofs.add(own);
    }
  }

  private ServerOptions options(TlsIdentity coordinator, Hearsay revocations) throws IOException {
    String clientId = ServerOptions.clientId(TestFleet.FLEET);
    return new ServerOptions(
            TestFleet.FLEET,
            CoordinatorIdentity.generate(
                FLEET.authority().authority(),
                AesCtrRandomWords.fromSystemRandomness(),
                new Ed25519()),
            Files.createDirectory(data.resolve("artifacts")),
            DatabaseSettings.h2File(data.resolve("coordinator")),
            new ServerOptions.BrokerChoice.Embedded(
                BrokerSettings.onLoopback(TestFleet.FLEET, clientId)
                    .withTls(new BrokerTls(FLEET.member(Role.BROKER), FLEET.revocations()))),
            HttpSettings.onLoopback(0, Files.createDirectory(data.resolve("uploads"))),
            RoundLimits.standard(),
            TrainingPlan.standard(),
            new SplittableRandom(1))
        .withMutualTls(new MutualTls(coordinator))
        .withRevocations(revocations)
        .withHttpsDelivery(
            new HttpsDelivery(
                FileDeliverySettings.at(new HostPort("127.0.0.1", 0)),
                FLEET.member(Role.DELIVERY),
                FLEET.revocations(),
                Optional.empty()));
  }

  @Test
  void brokerDeliveryAndCoordinatorProveThemselvesWithNewOnesWithoutARestart() throws Exception {
    TlsIdentity broker = FLEET.member(Role.BROKER);
    TlsIdentity delivery = FLEET.member(Role.DELIVERY);
    TlsIdentity coordinator = FLEET.member(Role.COORDINATOR);
    Hearsay revocations = new Hearsay(new LinkedBlockingQueue<>());
    ServerOptions options =
        options(endedCoordinator(), revocations)
            .withRenewals(
                Map.of(
                    Role.BROKER, (inUse, now) -> broker,
                    Role.DELIVERY, (inUse, now) -> delivery,
                    Role.COORDINATOR, (inUse, now) -> coordinator));
    try (CoordinatorServer server = CoordinatorServer.start(options)) {
      awaitPresented(
          URI.create(server.artifactUrl().orElseThrow().toString()).getPort(),
          Role.DELIVERY,
          delivery);
      assertThat(revocations.proofs().poll(30, TimeUnit.SECONDS)).isEqualTo(coordinator);
      awaitPresented(server.brokerUri().getPort(), Role.BROKER, broker);
      awaitConnected(server);
      assertThat(metrics(server))
          .contains("covey_certificate_expiry_timestamp_seconds{role=\"authority\"}")
          .contains("covey_certificate_expiry_timestamp_seconds{role=\"broker\"}")
          .contains("covey_certificate_expiry_timestamp_seconds{role=\"coordinator\"}")
          .contains("covey_certificate_expiry_timestamp_seconds{role=\"delivery\"}");
    }
  }

  private static void awaitConnected(CoordinatorServer server) throws InterruptedException {
    BlockingQueue<Boolean> nothing = new LinkedBlockingQueue<>();
    String clientId = ServerOptions.clientId(TestFleet.FLEET);
    while (server.broker().orElseThrow().connections().stream()
        .noneMatch(connection -> connection.clientId().equals(clientId))) {
      assertThat(nothing.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  private static String metrics(CoordinatorServer server) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(server.adminApi().resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private void run(String... arguments) {
    assertThat(new CommandLine(new AuthorityCommand()).execute(arguments)).isZero();
  }

  private Path certified(String role, String into) {
    Path out = data.resolve(into);
    String authority = data.resolve("authority").toString();
    if (role.equals("coordinator")) {
      run("certify", role, "--dir", authority, "--out", out.toString());
    } else {
      run("certify", role, "--host", "localhost", "--dir", authority, "--out", out.toString());
    }
    return out;
  }

  /** The coordinator's own directory, with the files that an authority elsewhere has made. */
  private Path installed() throws IOException {
    run("init", "--fleet", "barn", "--dir", data.resolve("authority").toString());
    Path own = data.resolve("identity");
    certified("broker", "identity");
    certified("coordinator", "identity");
    for (String name : List.of("authority.pub", "coordinator.key")) {
      Files.copy(data.resolve("authority").resolve(name), own.resolve(name));
    }
    Path releases = Files.createDirectory(own.resolve("release"));
    try (var files = Files.list(data.resolve("authority").resolve("release"))) {
      for (Path file : files.toList()) {
        Files.copy(file, releases.resolve(file.getFileName()));
      }
    }
    return own;
  }

  private ServerOptions options(Sources sources) {
    return CoordinatorCommand.serverOptions(
        SettingsLoader.load(
                CoordinatorSettings.class,
                sources
                    .withSet("data-directory", data.resolve("data").toString())
                    .withSet("fleet", "barn")
                    .withSet("broker.mutual-tls", "true"))
            .value());
  }

  @Test
  void filesThatAreReplacedAreTheNewestAndNothingElseIs() throws Exception {
    Path own = installed();
    ServerOptions options = options(Sources.none().withSet("identity.directory", own.toString()));
    CertificateSource source = options.renewal(Role.BROKER);
    TlsIdentity first = AuthorityFiles.readMember(own, "broker");
    assertThat(source.newest(first, Instant.now()).chain()).isEqualTo(first.chain());

    Path next = certified("broker", "next");
    Files.copy(
        next.resolve("broker.key"), own.resolve("broker.key"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> source.newest(first, Instant.now()))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("broker.key cannot be used: it is not the key of broker.crt");
    Files.copy(
        next.resolve("broker.crt"), own.resolve("broker.crt"), StandardCopyOption.REPLACE_EXISTING);
    TlsIdentity second = source.newest(first, Instant.now());
    assertThat(second.chain()).isEqualTo(AuthorityFiles.readMember(next, "broker").chain());

    assertThatThrownBy(() -> source.newest(first, Instant.now().plus(Duration.ofDays(400))))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("and not now");
    Files.copy(
        own.resolve("coordinator-tls.crt"),
        own.resolve("broker.crt"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        own.resolve("coordinator-tls.key"),
        own.resolve("broker.key"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> source.newest(first, Instant.now()))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("is not for");
  }

  @Test
  void filesUnderAnotherRootAreNotUsed() throws Exception {
    Path own = installed();
    CertificateSource source =
        options(Sources.none().withSet("identity.directory", own.toString()))
            .renewal(Role.COORDINATOR);
    TlsIdentity first = AuthorityFiles.readMember(own, "coordinator-tls");
    run("init", "--fleet", "barn", "--dir", data.resolve("other").toString());
    run(
        "certify",
        "coordinator",
        "--dir",
        data.resolve("other").toString(),
        "--out",
        own.toString());
    assertThatThrownBy(() -> source.newest(first, Instant.now()))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("has another root than the one in use; that takes a restart");
  }

  @Test
  void aTrialMakesItsOwnAnewOnceTwoThirdsOfTheirLifeAreOver() throws Exception {
    ServerOptions options = options(Sources.none());
    assertThat(options.renewals().keySet()).isEqualTo(Set.of(Role.BROKER, Role.COORDINATOR));
    TlsIdentity first = options.mutualTls().orElseThrow().own();
    CertificateSource source = options.renewal(Role.COORDINATOR);
    Instant start = first.own().getNotBefore().toInstant();
    assertThat(source.newest(first, start.plus(Duration.ofDays(243)))).isSameAs(first);
    TlsIdentity second = source.newest(first, start.plus(Duration.ofDays(244)));
    assertThat(second.own()).isNotEqualTo(first.own());
    assertThat(second.root()).isEqualTo(first.root());
    assertThat(MemberName.of(second.own())).isEqualTo(MemberName.of(first.own()));
  }
}
