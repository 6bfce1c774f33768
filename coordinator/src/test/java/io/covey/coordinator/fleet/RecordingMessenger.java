package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DesiredState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Remembers what was said to whom. */
final class RecordingMessenger extends SilentMessenger {

  /** One desired state that was sent. */
  record Sent(AgentId agent, DesiredState desired) {}

  final List<Sent> desired = new ArrayList<>();

  @Override
  public CompletionStage<Void> sendDesired(AgentId agent, DesiredState state) {
    desired.add(new Sent(agent, state));
    return CompletableFuture.completedFuture(null);
  }
}
