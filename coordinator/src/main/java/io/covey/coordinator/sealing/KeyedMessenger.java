package io.covey.coordinator.sealing;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.topic.TrustPlace;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Puts the content keys, as the present epoch has them, beside every manifest that goes out. So a
 * plan that is said again after a new epoch has begun comes with keys that its recipient can open.
 *
 * <p>Thread rule: that of the messenger behind it.
 */
final class KeyedMessenger implements FleetMessenger {
  private final FleetMessenger messenger;
  private final Function<List<ModelManifest>, List<WrappedContentKey>> keys;

  KeyedMessenger(
      FleetMessenger messenger, Function<List<ModelManifest>, List<WrappedContentKey>> keys) {
    this.messenger = messenger;
    this.keys = keys;
  }

  @Override
  public CompletionStage<Void> sendDesired(AgentId agent, DesiredState desired) {
    return messenger.sendDesired(agent, desired.withKeys(keys.apply(desired.models())));
  }

  @Override
  public CompletionStage<Void> sendRound(AgentId agent, RoundMessage message) {
    return messenger.sendRound(
        agent,
        message instanceof RoundPlan plan ? plan.with(keys.apply(List.of(plan.base()))) : message);
  }

  @Override
  public CompletionStage<Void> sendKey(AgentId agent, GroupKeyGranted key) {
    return messenger.sendKey(agent, key);
  }

  @Override
  public CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk) {
    return messenger.publishChunk(model, chunk);
  }

  @Override
  public CompletionStage<Void> sendChunk(ModelName model, ArtifactChunk chunk) {
    return messenger.sendChunk(model, chunk);
  }

  @Override
  public CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk) {
    return messenger.clearChunk(model, artifact, chunk);
  }

  @Override
  public CompletionStage<Void> publishTrust(TrustPlace place, TrustDocument document) {
    return messenger.publishTrust(place, document);
  }

  @Override
  public long bytesSent() {
    return messenger.bytesSent();
  }
}
