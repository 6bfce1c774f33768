package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health, metrics, contract and index. */
class ServiceOperationsTest {
  @TempDir static Path uploads;
  private static AdminApi api;

  @BeforeAll
  static void serve() {
    api = AdminApi.onLoopback(uploads);
  }

  @AfterAll
  static void close() {
    api.close();
  }

  @BeforeEach
  void forget() {
    api.coordinator.reset();
  }

  @Test
  void everyLinkOfTheIndexLeadsSomewhere() {
    JsonObject links = api.get("/").json().getJsonObject("links");

    assertThat(links.size()).isGreaterThan(3);
    links.forEach(
        link ->
            assertThat(api.get(link.getValue().toString()).status())
                .as(link.getKey())
                .isEqualTo(200));
  }

  @Test
  void readinessTellsWhatIsMissingAndLivenessDoesNotCare() {
    assertThat(api.get("/readyz").status()).isEqualTo(200);

    api.coordinator.obstruct("the broker does not answer");
    AdminApi.Answer unready = api.get("/readyz");

    assertThat(unready.status()).isEqualTo(503);
    assertThat(unready.json().getJsonArray("errors").getJsonObject(0).getString("detail"))
        .isEqualTo("the broker does not answer");
    assertThat(api.get("/livez").status()).isEqualTo(200);
  }

  @Test
  void contractIsServedAsItIsWritten() {
    AdminApi.Answer served = api.get("/openapi.yaml");

    assertThat(served.header("content-type")).contains("application/yaml");
    assertThat(served.text()).isEqualTo(api.contract().document()).startsWith("openapi: 3.1");
  }

  @Test
  void headIsAnsweredWhereGetIs() {
    AdminApi.Answer head = api.send(api.request("/livez").method("HEAD", BodyPublishers.noBody()));

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-type")).contains("application/json");
    assertThat(head.body()).isEmpty();
  }

  @Test
  void metricsAreInBaseUnitsWithLabelsThatNoCallerCanMultiply() {
    api.coordinator.addAgents(List.of(Samples.agent("agent-secret", true)));
    api.get("/api/v1/agents");
    api.get("/api/v1/models/made-up-1");
    api.get("/made/up/path");
    api.send(api.request("/livez").method("BREW", BodyPublishers.noBody()));

    String metrics = api.get("/metrics").text();

    assertThat(metrics)
        .contains("vertx_http_server_response_time_seconds")
        .contains("covey_http_watchers 0.0")
        .contains("method=\"OTHER\"")
        .contains("/api/v1/models/:model")
        .doesNotContain("made")
        .doesNotContain("BREW")
        .doesNotContain("agent-secret");
  }
}
