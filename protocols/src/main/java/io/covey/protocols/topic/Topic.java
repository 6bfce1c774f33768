package io.covey.protocols.topic;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;

/** A topic, understood. */
public sealed interface Topic {

  /** Presence, twin and telemetry of one agent. */
  record OfAgent(AgentId agent, AgentChannel channel) implements Topic {}

  /** One step of a round with one agent. */
  record OfRound(AgentId agent, RoundId round, RoundStep step) implements Topic {}

  /** One chunk of an artifact, for everybody. */
  record OfChunk(ModelName model, Sha256 artifact, int chunk) implements Topic {}

  /** A signed document about releases, for everybody. */
  record OfTrust(TrustPlace place) implements Topic {}
}
