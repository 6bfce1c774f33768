package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.audit.AuditCheck;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CoordinatorServerTest {
  private static final FleetId FLEET = new FleetId("test");
  private static final ModelName DIGITS = new ModelName("digits");

  @TempDir private Path directory;

  @Test
  void everythingThatWasRegisteredIsThereAfterARestart() throws Exception {
    try (CoordinatorServer server = CoordinatorServer.start(options())) {
      server
          .operations()
          .registerModel(DIGITS, "digits", digits(), Optional.empty())
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
      assertThat(get(server, "/livez")).isEqualTo(200);
    }
    try (CoordinatorServer server = CoordinatorServer.start(options())) {
      var versions =
          server.operations().versions(DIGITS).toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(versions).hasSize(1);
      assertThat(server.broker().orElseThrow().connections())
          .allMatch(connection -> connection.clientId().equals(ServerOptions.clientId(FLEET)));
    }
    List<Kind> audited = audited();
    // Before the stop or, where that was faster, after the next start: but once.
    assertThat(audited).containsOnlyOnce(Kind.VERSION_RELEASED);
    audited.remove(Kind.VERSION_RELEASED);
    assertThat(audited)
        .containsExactly(
            Kind.LOG_BEGUN,
            Kind.STARTED,
            Kind.MODEL_REGISTERED,
            Kind.STOPPED,
            Kind.STARTED,
            Kind.STOPPED);
  }

  private List<Kind> audited() throws IOException {
    List<Kind> kinds = new ArrayList<>();
    ServerOptions options = options();
    new AuditCheck(new Ed25519(), Set.of(options.identity().publicKey()), Optional.empty())
        .run(options.auditLog(), entry -> kinds.add(entry.event().kind()));
    return kinds;
  }

  @Test
  void anOrderToReleaseOnceMoreIsCarriedOutAndAudited() throws Exception {
    try (CoordinatorServer server = CoordinatorServer.start(options())) {
      server
          .operations()
          .registerModel(DIGITS, "digits", digits(), Optional.empty())
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
      ReleaseRecord again =
          server
              .operations()
              .releaseAgain(DIGITS, new ModelVersion(1))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertThat(
              server.operations().releases(DIGITS).toCompletableFuture().get(30, TimeUnit.SECONDS))
          .containsExactly(again);
    }
    assertThat(audited()).containsSubsequence(Kind.MODEL_REGISTERED, Kind.ORDERED, Kind.STOPPED);
  }

  @Test
  void aCoordinatorThatCannotStartSaysWhyAndLeavesNothingBehind() throws Exception {
    try (CoordinatorServer first = CoordinatorServer.start(options())) {
      assertThat(first.adminApi().getPort()).isPositive();
      assertThatThrownBy(() -> CoordinatorServer.start(options()))
          .hasMessageContaining("another coordinator");
    }
    try (CoordinatorServer second = CoordinatorServer.start(options())) {
      assertThat(get(second, "/livez")).isEqualTo(200);
    }
  }

  private ServerOptions options() {
    return new ServerOptions(
        FLEET,
        TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1).coordinator(),
        directory.resolve("artifacts"),
        DatabaseSettings.h2File(directory.resolve("coordinator")),
        new ServerOptions.BrokerChoice.Embedded(
            BrokerSettings.onLoopback(FLEET, ServerOptions.clientId(FLEET))),
        HttpSettings.onLoopback(0, directory.resolve("uploads")),
        RoundLimits.standard(),
        TrainingPlan.standard(),
        new SplittableRandom(1));
  }

  private static int get(CoordinatorServer server, String path) throws Exception {
    URI uri = server.adminApi().resolve(path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private static byte[] digits() throws IOException {
    try (InputStream file =
        CoordinatorServerTest.class.getResourceAsStream(
            "/io/covey/coordinator/training/digits.tflite")) {
      return file == null ? new byte[0] : file.readAllBytes();
    }
  }
}
