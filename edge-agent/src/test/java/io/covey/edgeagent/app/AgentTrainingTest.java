package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.rounds.SessionCoordinator;
import io.covey.edgeagent.toy.ToyMath;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.models.weights.PublishedWeights;
import io.covey.models.weights.TensorLengths;
import io.covey.models.weights.WeightForm;
import io.covey.models.weights.WeightsFile;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundDeclined.Reason;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.time.Workload;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.transport.NetworkFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgentTrainingTest {
  private static final RoundId ROUND = new RoundId("r1");
  private static final UpdateEncoding ENCODING =
      new UpdateEncoding(TestFleet.FEATURES * TestFleet.CLASSES, 20, 24, 4f, 1000, 10f);

  private static final SecureAggregationTerms TERMS =
      new SecureAggregationTerms(
          3,
          3,
          SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
          0.1,
          0,
          40,
          30,
          Duration.ofSeconds(30));
  private static final String[] COHORT = {"a1", "a2", "a3", "a4"};

  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
  private final Random random = new Random(7);

  private InMemoryExampleStore examples(int count) {
    float[] values = new float[count * TestFleet.FEATURES];
    int[] labels = new int[count];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(TestFleet.CLASSES);
    }
    return new InMemoryExampleStore(TestFleet.FEATURES, values, labels);
  }

  private static RoundPlan plan(ModelManifest base, LocalTraining training, Duration period) {
    return new RoundPlan(
        ROUND, base, training, ENCODING, 4, 3, period, TERMS, RoundPlan.unsigned());
  }

  private EdgeAgent started(InMemoryExampleStore examples) throws Exception {
    EdgeAgent agent = fleet.agent("a1").examples(examples).build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    return agent;
  }

  @Test
  void aCohortsSumIsWhatItsExamplesTeach() throws Exception {
    List<InMemoryExampleStore> stores = new ArrayList<>();
    List<EdgeAgent> agents = new ArrayList<>();
    for (String id : COHORT) {
      stores.add(examples(10));
      agents.add(fleet.agent(id).examples(stores.get(stores.size() - 1)).build());
    }
    agents.forEach(EdgeAgent::start);
    fleet.run(Duration.ofSeconds(1));
    float[] base = new float[TestFleet.FEATURES * TestFleet.CLASSES];
    base[3] = 0.25f;
    LocalTraining training = new LocalTraining(1, 10, 0.5f, 0);
    RoundPlan plan = plan(fleet.publish(1, base), training, Duration.ofMinutes(1));
    SessionCoordinator round = fleet.invite(plan, COHORT);
    fleet.tell("a1", ROUND, RoundStep.PLAN, fleet.signed(plan));
    fleet.run(Duration.ofSeconds(10));

    assertThat(fleet.heard(RoundDeclined.class)).isEmpty();
    assertThat(round.opened()).hasValueSatisfying(agreed -> assertThat(agreed).hasSize(4));
    for (EdgeAgent agent : agents) {
      assertThat(agent.counters().roundsJoined()).isEqualTo(1);
      assertThat(agent.counters().roundsReported()).isEqualTo(1);
    }
    ModularVector expected = new ModularVector(round.sum().length());
    stores.forEach(store -> expected.add(encodedStep(store, base).asReadOnlyByteBuffer(), 0));
    for (int lane = 0; lane < base.length + UpdateLayout.METRIC_ENTRIES; lane++) {
      // Rounding draws its own bits, and sums of floats depend on their order.
      assertThat(lane(round.sum(), lane)).isCloseTo(lane(expected, lane), within(8L));
    }
    // None of the updates is what it would be without its masks.
    assertThat(fleet.heard(UpdateChunk.class)).hasSize(4);
    for (UpdateChunk chunk : fleet.heard(UpdateChunk.class)) {
      assertThat(stores).noneMatch(store -> encodedStep(store, base).equals(chunk.words()));
    }
  }

  @Test
  void aPlainModelIsServedFromOneFileAndTrainedFromOthers() throws Exception {
    List<EdgeAgent> agents = new ArrayList<>();
    for (String id : COHORT) {
      agents.add(fleet.agent(id).examples(examples(10)).build());
    }
    agents.forEach(EdgeAgent::start);
    byte[] graph = ToyRuntime.file(TestFleet.FEATURES, TestFleet.CLASSES);
    byte[] served = ToyRuntime.file(TestFleet.FEATURES, TestFleet.CLASSES, 0.5f);
    float[] masters = new float[TestFleet.FEATURES * TestFleet.CLASSES];
    masters[3] = 0.25f;
    PublishedWeights first = int8(masters, Optional.empty());
    byte[] weights = WeightsFile.whole(first);
    ModelManifest one =
        version(
            1,
            fleet.named(Role.GRAPH, graph),
            fleet.named(Role.PACKED_WEIGHTS, weights),
            fleet.publishArtifact(Role.SERVING, served));
    for (String id : COHORT) {
      fleet.desire(id, 1, one);
    }
    fleet.run(Duration.ofSeconds(1));
    // What is trained was not published yet: serving has no use for it.
    assertThat(agents).allMatch(EdgeAgent::ready);
    assertThat(agents.get(0).infer(TestFleet.MODEL, new float[] {1, 0, 0, 0}).get("logits"))
        .containsOnly(0.5f);

    fleet.publishArtifact(Role.GRAPH, graph);
    fleet.publishArtifact(Role.PACKED_WEIGHTS, weights);
    fleet.invite(planOf("toy-1", one), COHORT);
    fleet.run(Duration.ofSeconds(20));
    assertThat(agents).allMatch(agent -> agent.counters().roundsReported() == 1);

    masters[3] = 0.26f;
    PublishedWeights second = int8(masters, Optional.of(first));
    ModelManifest two =
        version(
            2,
            fleet.publishArtifact(Role.GRAPH, graph),
            // Never published: whoever trained from the version before needs the difference only.
            fleet.named(Role.PACKED_WEIGHTS, WeightsFile.whole(second)),
            fleet.publishArtifact(Role.WEIGHTS_DIFFERENCE, WeightsFile.difference(second, first)));
    fleet.invite(planOf("toy-2", two), COHORT);
    fleet.run(Duration.ofSeconds(20));
    assertThat(agents).allMatch(agent -> agent.counters().roundsReported() == 2);
  }

  private static ModelManifest version(int version, ArtifactReference... artifacts) {
    return new ModelManifest(TestFleet.MODEL, new ModelVersion(version), List.of(artifacts));
  }

  private static RoundPlan planOf(String round, ModelManifest base) {
    return new RoundPlan(
        new RoundId(round),
        base,
        new LocalTraining(1, 10, 0.5f, 0),
        ENCODING,
        4,
        3,
        Duration.ofMinutes(1),
        TERMS,
        RoundPlan.unsigned());
  }

  private static PublishedWeights int8(float[] masters, Optional<PublishedWeights> before) {
    return PublishedWeights.of(
        masters, TensorLengths.of(List.of(masters.length)), WeightForm.INT8, before);
  }

  /**
   * One batch of all examples: their order does not matter, so a plain step says what to expect.
   */
  private static ByteString encodedStep(InMemoryExampleStore examples, float[] base) {
    ToyMath reference = new ToyMath(TestFleet.FEATURES, TestFleet.CLASSES);
    reference.restore(base);
    float[] x = new float[10 * TestFleet.FEATURES];
    int[] labels = new int[10];
    for (int i = 0; i < 10; i++) {
      examples.copyFeatures(i, x, i * TestFleet.FEATURES);
      labels[i] = examples.label(i);
    }
    var before = reference.evaluate(x, labels);
    reference.step(x, labels, 0.5f);
    float[] delta = new float[base.length];
    reference.read(delta);
    for (int i = 0; i < delta.length; i++) {
      delta[i] -= base[i];
    }
    return new UpdateEncoder(UpdateLayout.of(ENCODING, 4))
        .encode(
            delta,
            new Contribution(10, before.lossSum(), (int) before.correct()),
            AesCtrRandomWords.fromSeed(new byte[32]));
  }

  /** Entry {@code index} of lanes of 24 bits, two a word. */
  private static long lane(ModularVector words, int index) {
    return (words.word(index / 2) >>> (index % 2 * 24)) & 0xFFFFFF;
  }

  @Test
  void anAgentWithoutExamplesDeclines() throws Exception {
    started(InMemoryExampleStore.empty());
    LocalTraining training = new LocalTraining(1, 10, 0.5f, 0);
    fleet.tell(
        "a1",
        ROUND,
        RoundStep.PLAN,
        fleet.signed(plan(fleet.publish(1, 0), training, Duration.ofMinutes(1))));
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.heard(RoundDeclined.class))
        .containsExactly(
            new RoundDeclined(ROUND, Reason.NO_EXAMPLES, "this agent has no examples"));
    assertThat(fleet.heard(UpdateChunk.class)).isEmpty();
  }

  @Test
  void trainingThatDivergesIsDeclinedByName() throws Exception {
    started(examples(10));
    // Weights that overflow a float in the forward pass.
    ModelManifest base = fleet.publish(1, Float.MAX_VALUE);
    LocalTraining training = new LocalTraining(3, 4, 1f, 0);
    fleet.tell(
        "a1", ROUND, RoundStep.PLAN, fleet.signed(plan(base, training, Duration.ofMinutes(1))));
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.heard(RoundDeclined.class)).hasSize(1);
    RoundDeclined declined = fleet.heard(RoundDeclined.class).get(0);
    assertThat(declined.reason()).isEqualTo(Reason.TRAINING_FAILED);
    assertThat(declined.detail()).isEqualTo(RoundShell.UNTOLD);
    assertThat(fleet.runtime.openSessions()).isZero();
    assertThat(fleet.runtime.openModels()).isZero();
  }

  /**
   * A coordinator may send a model with too few classes for the labels that it is curious about.
   */
  @Test
  void whatAnExampleDoesToAModelIsNotToldToTheCoordinator() throws Exception {
    float[] values = new float[10 * TestFleet.FEATURES];
    int[] labels = new int[10];
    Arrays.fill(labels, 41);
    started(new InMemoryExampleStore(TestFleet.FEATURES, values, labels));
    LocalTraining training = new LocalTraining(1, 1, 0.5f, 0);
    RoundPlan curious = plan(fleet.publish(1, 0), training, Duration.ofMinutes(1));
    fleet.tell("a1", ROUND, RoundStep.PLAN, fleet.signed(curious));
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.heard(RoundDeclined.class))
        .containsExactly(new RoundDeclined(ROUND, Reason.TRAINING_FAILED, RoundShell.UNTOLD));
  }

  @Test
  void aSlowAgentStopsWhenTheRoundIsClosed() throws Exception {
    EdgeAgent agent =
        fleet
            .agent("a1")
            .scheduler(fleet.time.device(TestCosts.secondsPerPass(1)))
            .examples(examples(10))
            .build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    LocalTraining training = new LocalTraining(5, 10, 0.5f, 0);
    RoundPlan plan = fleet.signed(plan(fleet.publish(1, 0), training, Duration.ofHours(1)));
    fleet.tell("a1", ROUND, RoundStep.PLAN, plan);
    // Six passes over ten examples, one of them to evaluate: a minute of this device's time.
    fleet.run(Duration.ofSeconds(30));
    fleet.tell("a1", ROUND, RoundStep.CLOSE, new RoundClosed(ROUND, true));
    fleet.run(Duration.ofMinutes(5));
    assertThat(fleet.heard(UpdateChunk.class)).isEmpty();
    assertThat(fleet.heard(RoundDeclined.class)).isEmpty();
    assertThat(fleet.runtime.openSessions()).isZero();
  }

  @Test
  void aSlowAgentStopsAtTheDeadline() throws Exception {
    EdgeAgent agent =
        fleet
            .agent("a1")
            .scheduler(fleet.time.device(TestCosts.secondsPerPass(1)))
            .examples(examples(10))
            .build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    LocalTraining training = new LocalTraining(5, 10, 0.5f, 0);
    fleet.tell(
        "a1",
        ROUND,
        RoundStep.PLAN,
        fleet.signed(plan(fleet.publish(1, 0), training, Duration.ofSeconds(50))));
    fleet.run(Duration.ofMinutes(5));
    assertThat(fleet.heard(UpdateChunk.class)).isEmpty();
    assertThat(agent.counters().roundsJoined()).isEqualTo(1);
    assertThat(agent.counters().roundsReported()).isZero();
  }

  /** Costs of a simulated device. */
  private static final class TestCosts {
    static io.covey.protocols.time.CostModel secondsPerPass(int seconds) {
      return load ->
          load.kind() == Workload.Kind.TRAINING
              ? Duration.ofSeconds(seconds * load.units())
              : Duration.ZERO;
    }
  }
}
