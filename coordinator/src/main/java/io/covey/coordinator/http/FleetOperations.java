package io.covey.coordinator.http;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.training.AdminOperations;
import io.covey.protocols.id.AgentId;
import io.vertx.openapi.validation.RequestParameter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The contract's operations on agents. */
final class FleetOperations {
  private final AdminOperations admin;

  FleetOperations(AdminOperations admin) {
    this.admin = admin;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of("listAgents", this::listAgents);
  }

  private void listAgents(Exchange exchange) {
    Optional<AgentId> cursor =
        exchange.query("cursor").map(RequestParameter::getString).map(AgentId::new);
    Optional<Boolean> online = exchange.query("online").map(RequestParameter::getBoolean);
    int limit = exchange.limit();
    exchange.answer(
        exchange
            .await(admin.agents())
            .map(agents -> select(agents, cursor, online, limit + 1))
            .map(found -> Page.of(found, limit, AgentJson::agent, a -> a.agent().value())));
  }

  private static List<AgentRecord> select(
      List<AgentRecord> agents, Optional<AgentId> behind, Optional<Boolean> online, int limit) {
    return agents.stream()
        .filter(a -> online.isEmpty() || a.online() == online.get())
        .filter(a -> behind.isEmpty() || a.agent().compareTo(behind.get()) > 0)
        .sorted(Comparator.comparing(AgentRecord::agent))
        .limit(limit)
        .toList();
  }
}
