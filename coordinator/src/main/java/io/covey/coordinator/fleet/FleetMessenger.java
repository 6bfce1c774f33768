package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundPlan;
import java.util.concurrent.CompletionStage;

/**
 * What the coordinator says to agents. Methods do not block; stages complete on the owner's
 * scheduler when the broker has the message, and fail when it cannot be had to take it.
 */
public interface FleetMessenger {

  CompletionStage<Void> sendDesired(AgentId agent, DesiredState desired);

  CompletionStage<Void> sendPlan(AgentId agent, RoundPlan plan);

  CompletionStage<Void> sendClosed(AgentId agent, RoundClosed closed);

  /** Publishes a retained chunk for everybody. */
  CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk);

  /** Takes a retained chunk back. */
  CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk);

  /** Payload bytes handed to the broker so far. */
  long bytesSent();
}
