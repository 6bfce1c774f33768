package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What all phases of a coordinator have in common, and who is gone for the rest of it. */
final class ServerSession {
  private final SessionDescriptor descriptor;
  private final SessionPrimitives primitives;
  private final Set<AgentId> invited;
  private final Octets id;
  private final SortedSet<AgentId> gone = new TreeSet<>();

  ServerSession(SessionDescriptor descriptor, SessionPrimitives primitives, Set<AgentId> invited) {
    this.descriptor = descriptor;
    this.primitives = primitives;
    this.invited = Set.copyOf(invited);
    this.id = descriptor.sessionId();
  }

  SessionDescriptor descriptor() {
    return descriptor;
  }

  SessionPrimitives primitives() {
    return primitives;
  }

  Octets id() {
    return id;
  }

  int threshold() {
    return descriptor.cohort().threshold();
  }

  int minimum() {
    return descriptor.cohort().minimum();
  }

  ServerEffect deadline(ServerEvent.Stage stage) {
    return new ServerEffect.StartDeadline(stage, descriptor.phaseTimeout());
  }

  /** For the steps to come; what it has sent in this one counts. */
  void remember(ServerEvent event) {
    if (event instanceof ServerEvent.AgentLost lost && invited.contains(lost.agent())) {
      gone.add(lost.agent());
    }
  }

  /** Begins a phase, which does not wait for those who are gone. */
  Step<ServerPhase, ServerEffect> enter(ServerPhase phase, List<ServerEffect> effects) {
    ServerPhase next = phase;
    for (AgentId agent : List.copyOf(gone)) {
      Step<ServerPhase, ServerEffect> step = next.on(new ServerEvent.AgentLost(agent));
      next = step.next();
      effects.addAll(step.effects());
    }
    return new Step<>(next, effects);
  }

  /** Adds the reason to what was to be done anyway. */
  Step<ServerPhase, ServerEffect> fail(FailureReason reason, List<ServerEffect> effects) {
    effects.add(new ServerEffect.Fail(reason));
    return new Step<>(new ServerPhase.Failed(reason), effects);
  }
}
