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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Remembers what was said to whom. */
final class RecordingMessenger implements FleetMessenger {

  /** One desired state that was sent. */
  record Sent(AgentId agent, DesiredState desired) {}

  final List<Sent> desired = new ArrayList<>();

  @Override
  public CompletionStage<Void> sendDesired(AgentId agent, DesiredState state) {
    desired.add(new Sent(agent, state));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> sendKey(AgentId agent, GroupKeyGranted key) {
    throw new AssertionError("no keys here");
  }

  @Override
  public CompletionStage<Void> sendRound(AgentId agent, RoundMessage message) {
    throw new AssertionError("no rounds here");
  }

  @Override
  public CompletionStage<Void> sendChunk(ModelName model, ArtifactChunk chunk) {
    throw new AssertionError("no artifacts here");
  }

  @Override
  public CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk) {
    throw new AssertionError("no artifacts here");
  }

  @Override
  public CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk) {
    throw new AssertionError("no artifacts here");
  }

  @Override
  public CompletionStage<Void> publishTrust(TrustPlace place, TrustDocument document) {
    throw new AssertionError("no releases here");
  }

  @Override
  public long bytesSent() {
    return 0;
  }
}
