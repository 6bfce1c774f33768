package io.covey.coordinator.http;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.protocols.message.ReportedState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Agents as the contract shows them. */
final class AgentJson {
  private AgentJson() {}

  static JsonObject agent(AgentRecord agent) {
    JsonArray models = new JsonArray();
    agent.models().forEach(m -> models.add(model(m)));
    return new JsonObject()
        .put("id", agent.agent().value())
        .put("online", agent.online())
        .put("softwareVersion", agent.softwareVersion())
        .put("canTrain", agent.canTrain())
        .put("desiredRevision", agent.desiredRevision())
        .put("reportedRevision", agent.reportedRevision())
        .put("models", models)
        .put("firstSeen", agent.firstSeen().toString())
        .put("lastSeen", agent.lastSeen().toString());
  }

  private static JsonObject model(ReportedState.ModelState state) {
    return new JsonObject()
        .put("model", state.model().value())
        .put("version", state.version().number())
        .put("status", state.status().name())
        .put("detail", state.detail());
  }
}
