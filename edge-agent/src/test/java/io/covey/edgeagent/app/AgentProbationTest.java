package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.edgeagent.serving.InferenceException;
import io.covey.models.graph.ModelException;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentProbationTest {
  private static final String FAILED = "returned to the version before: 3 inferences failed";
  private static final String CRASHED =
      "returned to the version before: the agent's process ended 3 times without closing";

  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
  private final ModelManifest one = fleet.publish(1, 0.5f);
  private final ModelManifest two = fleet.publish(2, 2f);

  @TempDir private Path directory;

  private EdgeAgent started() throws IOException {
    EdgeAgent agent = fleet.agent("a1").dataDirectory(directory).build();
    agent.start();
    fleet.run(Duration.ofSeconds(5));
    return agent;
  }

  private void desire(long revision, ModelManifest manifest) {
    fleet.desire("a1", revision, manifest);
    fleet.run(Duration.ofSeconds(5));
  }

  /** Version 1 has outlived its probation, and version 2 is on it. */
  private EdgeAgent onProbation() throws IOException {
    EdgeAgent agent = started();
    desire(1, one);
    fleet.run(Duration.ofMinutes(11));
    desire(2, two);
    assertServes(agent, two);
    return agent;
  }

  private static void assertServes(EdgeAgent agent, ModelManifest manifest) {
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, manifest.version()));
  }

  private static ModelState refused(ModelManifest manifest, String detail) {
    return new ModelState(manifest.model(), manifest.version(), Status.REFUSED, detail);
  }

  private void failInferences(EdgeAgent agent, int times) {
    fleet.runtime.beforeRun(
        () -> {
          throw new ModelException(ModelException.Reason.EXECUTION_FAILED, "no kernel");
        });
    for (int i = 0; i < times; i++) {
      assertThatThrownBy(() -> agent.infer(TestFleet.MODEL, new float[4]))
          .isInstanceOf(InferenceException.class);
    }
    fleet.runtime.beforeRun(() -> {});
    fleet.run(Duration.ofSeconds(5));
  }

  private void stop(EdgeAgent agent) {
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  private void crash(EdgeAgent agent) {
    fleet.network.kill("a1");
    agent.abort();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void aVersionWhoseInferencesFailIsLeftForTheOneBefore() throws Exception {
    EdgeAgent agent = onProbation();
    failInferences(agent, 2);
    assertServes(agent, two);
    failInferences(agent, 1);
    assertServes(agent, one);
    assertThat(agent.ready()).isTrue();
    assertThat(fleet.lastReport().models())
        .containsExactly(TestFleet.serving(one), refused(two, FAILED));
    assertThat(fleet.runtime.openModels()).isEqualTo(1);
    stop(agent);
  }

  @Test
  void badRequestsAreNotTheModelsFailures() throws Exception {
    EdgeAgent agent = onProbation();
    for (int i = 0; i < 9; i++) {
      assertThatThrownBy(() -> agent.infer(TestFleet.MODEL, new float[3]))
          .isInstanceOf(InferenceException.class);
    }
    fleet.run(Duration.ofSeconds(5));
    assertServes(agent, two);
    stop(agent);
  }

  @Test
  void whatFailsAfterItsProbationStays() throws Exception {
    EdgeAgent agent = onProbation();
    fleet.run(Duration.ofMinutes(11));
    failInferences(agent, 9);
    assertServes(agent, two);
    stop(agent);
  }

  /** Coordinators begin a revision at each of their starts, and with each change of any model. */
  @Test
  void aVersionThatWasLeftIsNotTriedAgainBecauseARevisionIsHigher() throws Exception {
    EdgeAgent agent = onProbation();
    failInferences(agent, 3);
    desire(2, two);
    assertServes(agent, one);
    stop(agent);

    EdgeAgent restarted = started();
    assertServes(restarted, one);
    assertThat(fleet.lastReport().models())
        .containsExactly(TestFleet.serving(one), refused(two, FAILED));
    desire(2, two);
    assertServes(restarted, one);

    desire(3, two);
    assertServes(restarted, one);
    stop(restarted);
    EdgeAgent again = started();
    desire(4, two);
    assertServes(again, one);
    assertThat(fleet.lastReport().models())
        .containsExactly(TestFleet.serving(one), refused(two, FAILED));

    ModelManifest three = fleet.publish(3, 2f);
    desire(5, three);
    assertServes(again, three);
    failInferences(again, 3);
    assertServes(again, one);
    stop(again);
  }

  @Test
  void aVersionThatEndsTheProcessAgainAndAgainIsLeftForTheOneBefore() throws Exception {
    EdgeAgent agent = onProbation();
    for (int i = 0; i < 2; i++) {
      crash(agent);
      agent = started();
      assertServes(agent, two);
    }
    crash(agent);
    EdgeAgent survivor = started();
    assertServes(survivor, one);
    assertThat(survivor.ready()).isTrue();
    assertThat(fleet.lastReport().models())
        .containsExactly(TestFleet.serving(one), refused(two, CRASHED));
    stop(survivor);
  }

  @Test
  void withoutANetworkTheVersionBeforeIsStillThere() throws Exception {
    EdgeAgent agent = onProbation();
    fleet.network.stopBroker(Duration.ofDays(1));
    for (int i = 0; i < 3; i++) {
      crash(agent);
      agent = started();
    }
    assertServes(agent, one);
    assertThat(agent.infer(TestFleet.MODEL, new float[] {1, 1, 1, 1}).get("logits"))
        .containsExactly(2, 2, 2);
    stop(agent);
  }

  @Test
  void endsInOrderDoNotCount() throws Exception {
    EdgeAgent agent = onProbation();
    for (int i = 0; i < 4; i++) {
      stop(agent);
      agent = started();
      assertServes(agent, two);
    }
    stop(agent);
  }

  @Test
  void aVersionThatFailsItsSelfTestDoesNotEndTheProbationOfTheOneThatAnswers() throws Exception {
    EdgeAgent agent = onProbation();
    desire(3, fleet.publish(3, Float.NaN));
    assertServes(agent, two);
    failInferences(agent, 3);
    assertServes(agent, one);
    stop(agent);
  }

  @Test
  void whatAnsweredBeforeARestartIsNotTestedAgain() throws Exception {
    stop(onProbation());
    fleet.runtime.beforeRun(
        () -> {
          throw new AssertionError("run");
        });
    EdgeAgent agent = started();
    assertServes(agent, two);
    stop(agent);
  }
}
