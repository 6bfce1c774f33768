package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import java.util.List;

/** What all phases of a coordinator have in common. */
record ServerSession(SessionDescriptor descriptor, SessionPrimitives primitives, Octets id) {

  int threshold() {
    return descriptor.cohort().threshold();
  }

  int minimum() {
    return descriptor.cohort().minimum();
  }

  ServerEffect deadline(ServerEvent.Stage stage) {
    return new ServerEffect.StartDeadline(stage, descriptor.phaseTimeout());
  }

  /** Adds the reason to what was to be done anyway. */
  Step<ServerPhase, ServerEffect> fail(FailureReason reason, List<ServerEffect> effects) {
    effects.add(new ServerEffect.Fail(reason));
    return new Step<>(new ServerPhase.Failed(reason), effects);
  }
}
