package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.release.ReleaseGate;
import io.covey.edgeagent.rounds.Enrolment;
import io.covey.edgeagent.serving.ServingModels;
import io.covey.edgeagent.training.TrainingWeights;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.Scheduler;
import java.util.Optional;

/**
 * What the parts of one agent share.
 *
 * @param enrolment empty for an agent that was not enrolled; its keys are not the agent's to wipe
 */
record AgentParts(
    AgentId agent,
    Optional<Enrolment> enrolment,
    Scheduler scheduler,
    ArtifactFetcher fetcher,
    ArtifactCache cache,
    ModelOpening opening,
    ModelRuntime runtime,
    VersionLoading loading,
    ProbationShell probation,
    ServingModels models,
    ExampleStore examples,
    AgentRandomness randomness,
    TrainingWeights weights,
    ArtifactsInUse inUse,
    ReleaseGate releases) {

  /**
   * Without an identity, nobody would believe what it says in a round; without decisions that are
   * kept, it could not answer.
   */
  boolean canTrain() {
    return enrolment.filter(enrolled -> enrolled.decisions().isOpen()).isPresent()
        && examples.size() > 0;
  }
}
