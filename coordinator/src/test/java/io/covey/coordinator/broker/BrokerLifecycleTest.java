package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.id.FleetId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping and starting again. */
class BrokerLifecycleTest {
  private static final String COORDINATOR = "coordinator:home";
  private static final String TOPIC = "covey/v1/home/d/alice/down/desired";

  @TempDir Path directory;

  private static BrokerSettings settings(Optional<Path> directory, int port) {
    return new BrokerSettings(
        new FleetId("home"),
        COORDINATOR,
        BrokerSettings.LOOPBACK,
        port,
        directory,
        BrokerSettings.Limits.standard());
  }

  private static List<Path> temporaryFolders() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return folders
          .filter(folder -> folder.getFileName().toString().startsWith("covey-broker-"))
          .toList();
    }
  }

  @Test
  void whatWasRetainedSurvivesARestartInFilesAndTheDirectoryIsUsedOnce() throws Exception {
    Optional<Path> files = Optional.of(directory.resolve("broker"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(settings(files, 0))) {
      try (TestClient coordinator = TestClient.connect(broker.uri(), COORDINATOR)) {
        coordinator.publish(TOPIC, "serve this", 1, true);
      }
      assertThatThrownBy(() -> EmbeddedBroker.start(settings(files, 0)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(files.orElseThrow().toString());
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(settings(files, 0));
        TestClient alice = TestClient.connect(broker.uri(), "alice")) {
      alice.subscribe("covey/v1/home/d/alice/down/#");
      assertThat(alice.next()).isEqualTo(TOPIC + "=serve this");
    }
  }

  @Test
  void twoBrokersAndAWebServerShareOneProcessAndLeaveNothingBehind() throws Exception {
    List<Path> before = temporaryFolders();
    Thread.UncaughtExceptionHandler handler = (thread, failure) -> {};
    Thread.UncaughtExceptionHandler former = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(handler);
    Vertx vertx = Vertx.vertx();
    try (EmbeddedBroker first = EmbeddedBroker.start(settings(Optional.empty(), 0));
        EmbeddedBroker second = EmbeddedBroker.start(settings(Optional.empty(), 0))) {
      HttpServer http =
          vertx
              .createHttpServer()
              .requestHandler(request -> request.response().end("up"))
              .listen(0, BrokerSettings.LOOPBACK)
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertThat(get(URI.create("http://127.0.0.1:" + http.actualPort()))).isEqualTo("up");
      assertThat(first.port()).isNotEqualTo(second.port());
      assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
      try (TestClient onFirst = TestClient.connect(first.uri(), "alice");
          TestClient onSecond = TestClient.connect(second.uri(), "bob")) {
        assertThat(first.connections())
            .containsExactly(new BrokerConnection("alice", false, false));
        assertThat(second.connections()).containsExactly(new BrokerConnection("bob", false, false));
        assertThat(onFirst.subscribe("covey/v1/home/d/alice/down/#")).isEqualTo(1);
        assertThat(onSecond.subscribe("covey/v1/home/d/bob/down/#")).isEqualTo(1);
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(former);
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    assertThat(temporaryFolders()).isEqualTo(before);
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> EmbeddedBroker.start(settings(Optional.empty(), taken.getLocalPort())))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("choose another");
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    assertThatThrownBy(() -> EmbeddedBroker.start(settings(Optional.of(file.resolve("broker")), 0)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }
}
