package io.covey.benchmarks.secagg;

import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.ClientPhase;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.protocols.id.AgentId;
import java.util.List;

/** One participant: its phase, and what it has cost so far. */
final class BenchParticipant {
  private final int number;
  private final CpuMeter<ParticipantStep> meter =
      new CpuMeter<>(ParticipantStep.class, CpuMeter.ofThisThread());
  private final Traffic traffic = new Traffic();
  private ClientPhase phase;
  private boolean finished;

  BenchParticipant(int number, ClientPhase phase) {
    this.number = number;
    this.phase = phase;
  }

  /** 0 to n-1. */
  int number() {
    return number;
  }

  AgentId id() {
    return BenchCohort.agent(number);
  }

  CpuMeter<ParticipantStep> meter() {
    return meter;
  }

  Traffic traffic() {
    return traffic;
  }

  boolean hasFinished() {
    return finished || phase instanceof ClientPhase.Finished;
  }

  /** Lets go of its phase and keeps what it has cost; it must not be told of anything any more. */
  void release() {
    finished = hasFinished();
    phase = new ClientPhase.Aborted(RefusalReason.CANCELLED);
  }

  /** Hands over an event and returns what is to be done. */
  List<ClientEffect> on(ParticipantStep step, ClientEvent event) {
    Step<ClientPhase, ClientEffect> answer = meter.measure(step, () -> phase.on(event));
    phase = answer.next();
    return answer.effects();
  }
}
