package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.topic.TrustPlace;
import java.util.concurrent.CompletionStage;

/**
 * What the coordinator says to agents. Methods do not block; stages complete on the owner's
 * scheduler when the broker has the message, and fail when it cannot be had to take it.
 */
public interface FleetMessenger {

  CompletionStage<Void> sendDesired(AgentId agent, DesiredState desired);

  /** Gives an agent the fleet's key. */
  CompletionStage<Void> sendKey(AgentId agent, GroupKeyGranted key);

  /** Says something in a round, on the topic of its step. */
  CompletionStage<Void> sendRound(AgentId agent, RoundMessage message);

  /** Publishes a retained chunk for everybody. */
  CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk);

  /** Sends a chunk to everybody who waits for it now; nobody keeps it. */
  CompletionStage<Void> sendChunk(ModelName model, ArtifactChunk chunk);

  /** Takes a retained chunk back. */
  CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk);

  /** Publishes a retained signed document about releases for everybody. */
  CompletionStage<Void> publishTrust(TrustPlace place, TrustDocument document);

  /** Payload bytes handed to the broker so far. */
  long bytesSent();
}
