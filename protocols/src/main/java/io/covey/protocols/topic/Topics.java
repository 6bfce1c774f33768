package io.covey.protocols.topic;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.util.Optional;

/**
 * The one list of topics: builds and parses everything below {@code covey/v1/{fleet}}.
 *
 * <p>{@code up} and {@code down} stand right behind the agent's id, so a broker's permissions are
 * two lines a device: it may publish below its {@code up} and read below its {@code down}.
 */
public final class Topics {
  private static final String ROOT = "covey/v1/";

  private final FleetId fleet;
  private final String prefix;

  public Topics(FleetId fleet) {
    this.fleet = fleet;
    this.prefix = ROOT + fleet + "/";
  }

  public FleetId fleet() {
    return fleet;
  }

  /** The topic of a message that is not part of a round. */
  public String agent(AgentId agent, AgentChannel channel) {
    return prefix + "d/" + agent + "/" + channel.path();
  }

  /** The topic of one step of a round. */
  public String round(AgentId agent, RoundId round, RoundStep step) {
    return prefix + "d/" + agent + "/" + step.direction() + "/round/" + round + "/" + step.path();
  }

  /** The topic of one chunk of an artifact. */
  public String artifactChunk(ModelName model, Sha256 artifact, int chunk) {
    return prefix + "model/" + model + "/" + artifact + "/" + chunk;
  }

  /** Filter: everything that is said to one agent. */
  public String toAgent(AgentId agent) {
    return prefix + "d/" + agent + "/down/#";
  }

  /** Filter: everything that one agent says. */
  public String fromAgent(AgentId agent) {
    return prefix + "d/" + agent + "/up/#";
  }

  /** Filter: everything that any agent of the fleet says. */
  public String fromAgents() {
    return prefix + "d/+/up/#";
  }

  /** Filter: everything of the fleet. */
  public String everything() {
    return prefix + "#";
  }

  /** Filter: the artifacts of all models, for everybody. */
  public String models() {
    return prefix + "model/#";
  }

  /** Filter: the signed documents about releases, for everybody. */
  public String trust() {
    return prefix + "trust/#";
  }

  /** The retained topic of one of the signed documents about releases. */
  public String trust(TrustPlace place) {
    return prefix + "trust/" + place.path();
  }

  /** Filter: all chunks of one artifact. */
  public String artifactChunks(ModelName model, Sha256 artifact) {
    return prefix + "model/" + model + "/" + artifact + "/+";
  }

  /**
   * From whom to whom a topic of this fleet leads, also one that stands for nothing here; empty for
   * every other string.
   */
  public Optional<Route> route(String topic) {
    if (!topic.startsWith(prefix)) {
      return Optional.empty();
    }
    String[] levels = topic.substring(prefix.length()).split("/", -1);
    if (!levels[0].equals("d")) {
      return Optional.of(new Route(topic, Route.Direction.EVERYBODY, Optional.empty()));
    }
    if (levels.length < 4 || !(levels[2].equals("up") || levels[2].equals("down"))) {
      return Optional.empty();
    }
    Route.Direction direction = levels[2].equals("up") ? Route.Direction.UP : Route.Direction.DOWN;
    try {
      return Optional.of(new Route(topic, direction, Optional.of(new AgentId(levels[1]))));
    } catch (IllegalArgumentException e) {
      // An id that is none: the topic is not one of ours.
      return Optional.empty();
    }
  }

  /** What a topic of this fleet stands for; empty for every other string. */
  public Optional<Topic> parse(String topic) {
    if (!topic.startsWith(prefix)) {
      return Optional.empty();
    }
    try {
      return TopicParser.parse(topic.substring(prefix.length()).split("/", -1));
    } catch (IllegalArgumentException e) {
      // An id that is none: the topic is not one of ours.
      return Optional.empty();
    }
  }
}
