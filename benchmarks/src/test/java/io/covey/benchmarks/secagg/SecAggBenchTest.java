package io.covey.benchmarks.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.benchmarks.secagg.SecAggBench.NoSumException;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small cohorts of the same code that measures large ones; seed 4. */
class SecAggBenchTest {
  private static final long SEED = 4;
  private static final int CLIENTS = 10;
  private static final int ENTRIES = 50;

  private static SecAggCase bench(double dropout, Stage dropStep) {
    return new SecAggCase(
        new SecAggParameters(CLIENTS, 8, 5),
        SecAggCase.Origin.COMMAND_LINE,
        ENTRIES,
        12,
        dropout,
        dropStep);
  }

  private static SecAggResult run(SecAggCase bench) throws NoSumException {
    return new SecAggBench(bench, SEED, InputVectors.uniform(SEED, bench.valueBits())).run(1);
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void theSumIsExactWhereverParticipantsFallSilent(Stage dropStep) throws NoSumException {
    SecAggResult result = run(bench(0.1, dropStep));
    assertThat(result.sumExact()).isTrue();
    assertThat(result.bench().dropouts()).isEqualTo(1);
  }

  /** Each entry is the participant's number the first time, and one more after that. */
  @Test
  void entriesThatAreNotThoseThatWereMaskedAreNoticed() throws NoSumException {
    SecAggCase bench = bench(0, Stage.MASKED_INPUT);
    BenchSession session =
        new BenchSession(new BenchCohort(bench, SEED), changing(new HashSet<>()));
    session.run(event -> false);
    assertThat(session.sum().isSumOf(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), changing(all())))
        .isFalse();
    assertThat(
            session.sum().isSumOf(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), changing(new HashSet<>())))
        .isTrue();
  }

  @Test
  void aCorruptedSumIsReported() throws NoSumException {
    SecAggCase bench = bench(0.1, Stage.MASKED_INPUT);
    SecAggResult result = new SecAggBench(bench, SEED, changing(new HashSet<>())).run(1);
    assertThat(result.sumExact()).isFalse();
  }

  private static Set<Integer> all() {
    return new HashSet<>(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  }

  private static InputVectors changing(Set<Integer> seen) {
    return (participant, entries) -> {
      boolean again = !seen.add(participant);
      for (int i = 0; i < entries.length; i++) {
        entries[i] = participant + (again && i == entries.length - 1 ? 1 : 0);
      }
    };
  }

  @Test
  void everyFigureIsThereAndStepsAddUp() throws Exception {
    JsonNode json = new ObjectMapper().readTree(run(bench(0.1, Stage.MASKED_INPUT)).json());
    assertThat(json.path("clients").asInt()).isEqualTo(CLIENTS);
    assertThat(json.path("entries").asInt()).isEqualTo(ENTRIES);
    assertThat(json.path("neighbours").asInt()).isEqualTo(8);
    assertThat(json.path("threshold").asInt()).isEqualTo(5);
    assertThat(json.path("dropout").asDouble()).isEqualTo(0.1);
    assertThat(json.path("dropStep").asText()).isEqualTo("masked-input");
    assertThat(json.path("sumExact").asBoolean()).isTrue();
    assertThat(json.path("coordinatorPeakHeapBytes").isIntegralNumber()).isTrue();
    for (ParticipantStep step : ParticipantStep.values()) {
      assertThat(json.path("byStep").path("participant").has(step.label())).isTrue();
    }
    for (CoordinatorStep step : CoordinatorStep.values()) {
      assertThat(json.path("byStep").path("coordinator").has(step.label())).isTrue();
    }
    assertThat(sum(json.path("byStep").path("participant")))
        .isCloseTo(json.path("participantCpuMillisMean").asDouble(), within(1e-9));
    assertThat(sum(json.path("byStep").path("coordinator")))
        .isCloseTo(json.path("coordinatorCpuMillis").asDouble(), within(1e-9));
  }

  private static double sum(JsonNode steps) {
    double sum = 0;
    for (JsonNode step : steps) {
      sum += step.asDouble();
    }
    return sum;
  }

  /** A word of 8 bytes holds 4 entries of 12 bits of 10 participants; nothing else grows with d. */
  @Test
  void bytesUpGrowWithTheEntriesAsThePackingSays() throws NoSumException {
    SecAggCase small = bench(0, Stage.MASKED_INPUT);
    SecAggCase large =
        new SecAggCase(
            small.parameters(), small.origin(), ENTRIES + 4000, 12, 0, Stage.MASKED_INPUT);
    double growth = run(large).bytes().upload() - run(small).bytes().upload();
    assertThat(growth).isEqualTo(8 * 1000);
  }

  /** The coordinator holds a sum and a vector, of 8 bytes for 4 entries each, at least. */
  @Test
  void theCoordinatorsHeapHoldsASumAndNotEverybodysVector() throws NoSumException {
    int entries = 2_000_000;
    SecAggCase bench =
        new SecAggCase(
            new SecAggParameters(CLIENTS, 8, 5),
            SecAggCase.Origin.COMMAND_LINE,
            entries,
            12,
            0,
            Stage.MASKED_INPUT);
    long vectorBytes = 8L * bench.layout().words();
    long peak = run(bench).bytes().coordinatorPeakHeap();
    assertThat(peak).isBetween(2 * vectorBytes, 4 * vectorBytes);
  }

  @Test
  void tooManySilentParticipantsOpenNoSumAndItSaysWhy() {
    SecAggCase bench =
        new SecAggCase(
            new SecAggParameters(CLIENTS, 8, 8),
            SecAggCase.Origin.COMMAND_LINE,
            ENTRIES,
            12,
            0.2,
            Stage.MASKED_INPUT);
    assertThatThrownBy(() -> run(bench))
        .isInstanceOfSatisfying(
            NoSumException.class,
            e -> assertThat(e.reason()).isEqualTo(FailureReason.TOO_FEW_SURVIVING_NEIGHBOURS));
  }

  @Test
  void participantsAcceptTheParametersThatACoordinatorTakes() throws Exception {
    SecAggCase bench =
        new SecAggCase(
            SecAggCase.usualParameters(CLIENTS, 0.1),
            SecAggCase.Origin.ASSUMPTIONS,
            ENTRIES,
            12,
            0.1,
            Stage.MASKED_INPUT);
    assertThat(run(bench).sumExact()).isTrue();
    SecAggCase unsafe =
        new SecAggCase(
            new SecAggParameters(CLIENTS, 8, 2),
            SecAggCase.Origin.ASSUMPTIONS,
            ENTRIES,
            12,
            0.1,
            Stage.MASKED_INPUT);
    assertThatThrownBy(() -> run(unsafe)).isInstanceOf(NoSumException.class);
  }
}
