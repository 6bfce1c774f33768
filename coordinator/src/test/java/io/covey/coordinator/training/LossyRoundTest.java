package io.covey.coordinator.training;

import static io.covey.coordinator.training.CoordinatorUnderTest.DIGITS;
import static io.covey.coordinator.training.CoordinatorUnderTest.digits;
import static io.covey.coordinator.training.CoordinatorUnderTest.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.ServerOptimizer;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.privacy.AggregateDecoder;
import io.covey.crypto.privacy.UnusableAggregateException;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.NetworkFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A whole round of 24 over links that lose, repeat and reorder, with one who goes at each step: so
 * many that exactly as many as the threshold wants are left.
 */
class LossyRoundTest {
  private static final int COHORT = 24;

  /** In their order; the first of them before the sum is fixed. */
  private static final List<RoundStep> STEPS =
      List.of(
          RoundStep.KEYS,
          RoundStep.SEALED_SHARES,
          RoundStep.RECEIPT,
          RoundStep.UPDATE,
          RoundStep.CONFIRMATION,
          RoundStep.UNMASKING);

  private static final int GONE_BEFORE_THE_SUM = 4;

  @TempDir private Path directory;

  private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000));
  private final Database database = Database.open(DatabaseSettings.inMemory());
  private final List<ScriptedAgent> agents = new ArrayList<>();

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest(name = "seed {0}, gone offline: {1}")
  @CsvSource({"1, false", "2, false", "3, false", "4, true", "5, true", "6, true"})
  void theVersionIsExactlyTheWeightedMeanOfThoseInTheSum(long seed, boolean offline) {
    InMemoryNetwork network =
        new InMemoryNetwork(
            time,
            seed,
            NetworkFaults.NONE
                .withLoss(0.05)
                .withDelay(Duration.ofMillis(1), Duration.ofMillis(80))
                .withDuplication(0.1)
                .withReordering(true));
    CoordinatorUnderTest coordinator =
        new CoordinatorUnderTest(time, network, database, directory, "seed-" + seed);
    addAgents(network, offline);
    coordinator.done(
        coordinator.operations().registerModel(DIGITS, "digits", digits(), Optional.empty()));
    time.runFor(Duration.ofSeconds(10));
    coordinator.done(coordinator.operations().startTraining(DIGITS, 1, plan(COHORT, 3)));
    time.runFor(Duration.ofMinutes(3));

    RoundRecord round =
        coordinator.done(coordinator.operations().rounds(DIGITS, Integer.MAX_VALUE, 9)).get(0);
    assertThat(round.failure()).as("seed %d", seed).isEmpty();
    assertThat(round.state()).isEqualTo(RoundRecord.State.COMMITTED);
    assertThat(round.cohort()).isEqualTo(COHORT);
    assertThat(round.reported()).isEqualTo(COHORT - GONE_BEFORE_THE_SUM);
    assertThat(round.dropped().values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(GONE_BEFORE_THE_SUM);
    // What an agent said before its farewell may arrive behind it, and looks as if it were back.
    assertThat(round.dropped().keySet())
        .isSubsetOf(DropReason.DEADLINE, DropReason.LOST)
        .contains(offline ? DropReason.LOST : DropReason.DEADLINE);
    float[] expected = weights(coordinator, 1);
    ServerOptimizer.of(ServerOptimization.fedAvg())
        .apply(expected, plainMean(agents.subList(GONE_BEFORE_THE_SUM, COHORT)), new float[0]);
    assertThat(weights(coordinator, 2)).as("seed %d", seed).isEqualTo(expected);
  }

  private void addAgents(InMemoryNetwork network, boolean offline) {
    TrialAuthority authority = CoordinatorUnderTest.authority();
    for (int i = 0; i < COHORT; i++) {
      AgentId id = new AgentId("agent-%02d".formatted(i));
      ScriptedAgent agent =
          new ScriptedAgent(time, network, authority.enrol(id, 1_700_000_000), 0.002f * i, 10 + i);
      if (i < STEPS.size()) {
        agent.silentIn = Set.of(STEPS.get(i));
        if (offline) {
          agent.whenSilent = agent::goOffline;
        }
      }
      agents.add(agent);
    }
    time.runFor(Duration.ofSeconds(10));
  }

  /** Without any masks. */
  private static float[] plainMean(List<ScriptedAgent> included) {
    RoundPlan plan = included.get(0).plans.get(0);
    UpdateLayout layout = UpdateLayout.of(plan.encoding(), plan.cohortSize());
    ModularVector sum = layout.newSum();
    included.forEach(agent -> sum.add(agent.update(plan).asReadOnlyByteBuffer(), 0));
    try {
      return new AggregateDecoder(layout).decode(sum, included.size()).meanDelta();
    } catch (UnusableAggregateException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] weights(CoordinatorUnderTest coordinator, int version) {
    return Weights.parse(
        coordinator.done(
            coordinator
                .operations()
                .artifact(DIGITS, new ModelVersion(version), ArtifactReference.Role.WEIGHTS)));
  }
}
