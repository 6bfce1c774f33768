package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the server binds, and where it refuses to. */
class HttpVerticleTest {
  @TempDir Path uploads;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    AdminApi.await(vertx.close());
  }

  @Test
  void hostThatIsNotLoopbackIsRefusedUnlessInsecureIsAskedFor() {
    assertThatThrownBy(() -> deploy(settings("0.0.0.0", 0, false)))
        .hasMessageContaining("refusing to serve the admin API on 0.0.0.0")
        .hasMessageContaining("--insecure");

    HttpVerticle served = deploy(settings("0.0.0.0", 0, true));

    assertThat(get(served, "covey.example")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void loopbackMayBeNamed() {
    HttpVerticle served = deploy(settings("localhost", 0, false));

    assertThat(served.port()).isPositive();
    assertThat(get(served, "localhost:" + served.port())).startsWith("HTTP/1.1 200 ");
    assertThat(get(served, "covey.example")).startsWith("HTTP/1.1 421 ");
  }

  @Test
  void hostThatIsUnknownFailsTheDeployment() {
    assertThatThrownBy(() -> deploy(settings("no-such-host.invalid", 0, false)))
        .hasMessageContaining("no-such-host.invalid");
  }

  @Test
  void takenPortFailsTheDeployment() {
    HttpVerticle first = deploy(settings("127.0.0.1", 0, false));

    assertThatThrownBy(() -> deploy(settings("127.0.0.1", first.port(), false)))
        .hasStackTraceContaining("ddress already in use");
  }

  @Test
  void portIsKnownOnlyOnceItIsBound() {
    HttpVerticle idle =
        new HttpVerticle(settings("127.0.0.1", 0, false), new InMemoryCoordinator(), registry());

    assertThatThrownBy(idle::port).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void uploadDirectoryIsMade() {
    Path nested = uploads.resolve("a/b");
    deploy(HttpSettings.onLoopback(0, nested));

    assertThat(nested).isDirectory();
  }

  private HttpVerticle deploy(HttpSettings settings) {
    HttpVerticle verticle = new HttpVerticle(settings, new InMemoryCoordinator(), registry());
    AdminApi.await(vertx.deployVerticle(verticle));
    return verticle;
  }

  private HttpSettings settings(String host, int port, boolean insecure) {
    HttpSettings standard = HttpSettings.onLoopback(port, uploads);
    return new HttpSettings(
        host, port, insecure, uploads, standard.bodies(), standard.timeouts(), standard.load());
  }

  private static PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  private static String get(HttpVerticle served, String host) {
    try (RawConnection connection = new RawConnection(served.port())) {
      return connection
          .send("GET /livez HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
          .readToEnd();
    }
  }
}
