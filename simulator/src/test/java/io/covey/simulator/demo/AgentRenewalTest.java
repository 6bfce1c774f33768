package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.enrolment.EnrolmentVerticle;
import io.covey.coordinator.enrolment.Issued;
import io.covey.coordinator.enrolment.IssuerStore;
import io.covey.coordinator.enrolment.IssuingDesk;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.launch.Covey;
import io.covey.protocols.settings.HostPort;
import io.vertx.core.Vertx;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code covey agent} in a process of its own, whose certificates are due when it starts. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class AgentRenewalTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final AgentId KITCHEN = new AgentId("kitchen");
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  private static final long WAIT_SECONDS = 120;

  /** Of ninety days: later than any device waits. */
  private static final Duration AGE = Duration.ofDays(80);

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final Instant enrolledAt = Instant.now().minus(AGE);
  private final FleetAuthority authority =
      FleetAuthority.generate(FLEET, random, PRIMITIVES.signer());
  private final IssuingAuthority issuing =
      FleetRoot.create(
              FLEET, SecretBytes.drawnFrom(random, 32), enrolledAt, random, PRIMITIVES.signer())
          .certify(authority, enrolledAt, random);
  private final BlockingQueue<AuditEvent> audited = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    authority.close();
  }

  private IssuingDesk desk(InstantSource clock, Path store, IssuingDesk.Terms terms)
      throws Exception {
    return new IssuingDesk(
        issuing,
        new IssuerStore(store),
        () -> terms,
        new IssuingDesk.Surroundings(clock, random, PRIMITIVES, audited::add));
  }

  private IssuingDesk.Terms terms(int port) {
    return new IssuingDesk.Terms(
        PRIMITIVES.signer().publicKeyOf(SecretBytes.drawnFrom(random, 32)),
        Optional.empty(),
        URI.create("mqtts://localhost:1"),
        List.of(new HostPort("localhost", port)),
        IssuingDesk.Terms.LIFETIME);
  }

  /** As it enrolled a while ago. */
  private SerialNumber enrol(IssuingDesk then, DeviceFiles files) throws Exception {
    try (SoftwareDeviceKeys keys = files.keysOrNew(random);
        JoinToken token = then.invite(KITCHEN, Duration.ofHours(1))) {
      EnrolmentRequest request = EnrolmentRequest.create(keys, JoinToken.hashOf(token.secret()));
      Issued issued =
          then.enrol(new EnrolmentApplication(token.secret().copy(), request.encoded()));
      assertThat(issued).isInstanceOf(Issued.Granted.class);
      files.write(((Issued.Granted) issued).membership());
    }
    return serial(files);
  }

  private static SerialNumber serial(DeviceFiles files) throws Exception {
    return files.membership().orElseThrow().certificates().facts().serial();
  }

  private Process agent() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Covey.class.getName(),
            "agent",
            "--id",
            KITCHEN.value(),
            "--fleet",
            FLEET.value(),
            "--data",
            directory.resolve("data").toString(),
            "--listen",
            "127.0.0.1:0")
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("said").toFile())
        .start();
  }

  @Test
  void anAgentRenewsByItselfWhatIsDue() throws Exception {
    Path store = Files.createDirectory(directory.resolve("issuer"));
    int port = freePort();
    IssuingDesk.Terms terms = terms(port);
    DeviceFiles files = new DeviceFiles(directory.resolve("data").resolve("identity"), PRIMITIVES);
    SerialNumber first = enrol(desk(() -> enrolledAt, store, terms), files);
    audited.clear();
    vertx
        .deployVerticle(
            new EnrolmentVerticle(
                desk(InstantSource.system(), store, terms),
                new HostPort("localhost", port),
                Set.of("localhost")))
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    Process agent = agent();
    try {
      AuditEvent renewed = audited.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      assertThat(renewed).as("what the agent said: %s", said()).isNotNull();
      assertThat(renewed.kind()).isEqualTo(Kind.RENEWED);
      assertThat(renewed.subject()).isEqualTo(KITCHEN.value());
      awaitKept(files, first);
      assertThat(serial(files).value().toHex()).isEqualTo(renewed.details().get("serial"));
    } finally {
      agent.destroy();
      agent.waitFor();
    }
  }

  private String said() throws Exception {
    return Files.readString(directory.resolve("said"));
  }

  /** Blocks a moment between two looks; the test's time limit is the only other one. */
  private static void awaitKept(DeviceFiles files, SerialNumber first) throws Exception {
    BlockingQueue<Boolean> nothing = new LinkedBlockingQueue<>();
    while (serial(files).equals(first)) {
      assertThat(nothing.poll(10, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
