package io.covey.coordinator.broker;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.topic.Topics;
import java.util.List;

/**
 * Which topics a client may use, by its id: the coordinator all of its fleet's, an agent what the
 * coordinator sends to it or to everybody, and its own {@code up}. Anything else is refused.
 *
 * <p>Over mutual TLS {@link ClientGate} has seen to it that the id is the client's own. Over plain
 * TCP it is what the client says of itself, and this holds off mistakes, not attacks.
 */
final class TopicPermissions {
  private static final String SHARE = "$share/";

  private final Topics topics;
  private final String coordinatorClientId;

  TopicPermissions(FleetId fleet, String coordinatorClientId) {
    this.topics = new Topics(fleet);
    this.coordinatorClientId = coordinatorClientId;
  }

  /** Whether it is the coordinator or could be an agent. */
  boolean mayConnect(String clientId) {
    return isCoordinator(clientId) || isAgentId(clientId);
  }

  boolean mayPublish(String clientId, String topic) {
    if (isCoordinator(clientId)) {
      return isBelow(topics.everything(), topic);
    }
    return isAgentId(clientId) && isBelow(topics.fromAgent(new AgentId(clientId)), topic);
  }

  boolean maySubscribe(String clientId, String filter) {
    if (isCoordinator(clientId)) {
      return isBelow(topics.everything(), withoutShare(filter));
    }
    return isAgentId(clientId)
        && readableBy(new AgentId(clientId)).stream().anyMatch(allowed -> isBelow(allowed, filter));
  }

  private List<String> readableBy(AgentId agent) {
    return List.of(topics.toAgent(agent), topics.models(), topics.trust());
  }

  private boolean isCoordinator(String clientId) {
    return clientId.equals(coordinatorClientId);
  }

  private static boolean isAgentId(String clientId) {
    try {
      return !new AgentId(clientId).value().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Whether every topic that {@code wanted} can match is one that {@code allowed} matches. The
   * levels of {@code allowed} before a closing {@code #} hold no wildcards, so that comparing them
   * as text is enough: a wildcard in the same place of {@code wanted} is another text.
   */
  private static boolean isBelow(String allowed, String wanted) {
    return allowed.endsWith("/#")
        ? wanted.startsWith(allowed.substring(0, allowed.length() - 1))
        : wanted.equals(allowed);
  }

  private static String withoutShare(String filter) {
    if (!filter.startsWith(SHARE)) {
      return filter;
    }
    int end = filter.indexOf('/', SHARE.length());
    return end < 0 ? "" : filter.substring(end + 1);
  }
}
