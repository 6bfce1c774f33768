package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents over HTTP. */
class FleetOperationsTest {
  @TempDir static Path uploads;
  private static AdminApi api;

  @BeforeAll
  static void serve() {
    api = AdminApi.onLoopback(uploads);
    api.coordinator.addAgents(
        List.of(
            Samples.agent("agent-3", true),
            Samples.agent("agent-1", true),
            Samples.agent("agent-2", false),
            Samples.agent("4.5", true)));
  }

  @AfterAll
  static void close() {
    api.close();
  }

  @Test
  void agentsAreListedByIdInPages() {
    JsonObject first = api.get("/api/v1/agents?limit=3").json();
    JsonObject second = api.get("/api/v1/agents?cursor=" + first.getString("nextCursor")).json();

    assertThat(ids(first)).containsExactly("4.5", "agent-1", "agent-2");
    assertThat(ids(second)).containsExactly("agent-3");
    assertThat(second.getValue("nextCursor")).isNull();
  }

  @Test
  void agentsAreChosenByPresence() {
    assertThat(ids(api.get("/api/v1/agents?online=true").json()))
        .containsExactly("4.5", "agent-1", "agent-3");
    assertThat(ids(api.get("/api/v1/agents?online=false").json())).containsExactly("agent-2");
    assertThat(api.get("/api/v1/agents?online=maybe").status()).isEqualTo(400);
  }

  @Test
  void agentIsShownWithWhatItRuns() {
    JsonObject agent =
        api.get("/api/v1/agents?limit=1&cursor=agent-2")
            .json()
            .getJsonArray("items")
            .getJsonObject(0);

    assertThat(agent.getBoolean("online")).isTrue();
    assertThat(agent.getLong("desiredRevision")).isEqualTo(3);
    assertThat(agent.getJsonArray("models").getJsonObject(0).getString("status"))
        .isEqualTo("SERVING");
    assertThat(agent.getJsonArray("models").getJsonObject(1).getString("detail"))
        .isEqualTo("no room");
    assertThat(agent.getString("lastSeen")).isEqualTo("2026-03-01T12:00:05.123456789Z");
  }

  private static List<String> ids(JsonObject page) {
    return page.getJsonArray("items").stream().map(a -> ((JsonObject) a).getString("id")).toList();
  }
}
