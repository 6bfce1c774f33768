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

/** One for which anything that is said is a failure of the test, but for what a subclass takes. */
public abstract class SilentMessenger implements FleetMessenger {
  @Override
  public CompletionStage<Void> sendDesired(AgentId agent, DesiredState desired) {
    throw unexpected();
  }

  @Override
  public CompletionStage<Void> sendKey(AgentId agent, GroupKeyGranted key) {
    throw unexpected();
  }

  @Override
  public CompletionStage<Void> sendRound(AgentId agent, RoundMessage message) {
    throw unexpected();
  }

  @Override
  public CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk) {
    throw unexpected();
  }

  @Override
  public CompletionStage<Void> sendChunk(ModelName model, ArtifactChunk chunk) {
    throw unexpected();
  }

  @Override
  public CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk) {
    throw unexpected();
  }

  @Override
  public CompletionStage<Void> publishTrust(TrustPlace place, TrustDocument document) {
    throw unexpected();
  }

  @Override
  public long bytesSent() {
    return 0;
  }

  private static AssertionError unexpected() {
    return new AssertionError("nothing of this kind is said here");
  }
}
