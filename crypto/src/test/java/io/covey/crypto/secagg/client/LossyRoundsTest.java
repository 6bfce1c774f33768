package io.covey.crypto.secagg.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.InfeasibleSecAggException;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerPhase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Many rounds over unreliable networks with unreliable participants: each ends with the exact sum
 * over exactly the included participants, or fails by name. A failing round's seed is in its
 * message.
 */
class LossyRoundsTest {
  private static final int SMALL_ROUNDS = 2000;

  private int completed;
  private int incomplete;
  private final Map<FailureReason, Integer> failed = new EnumMap<>(FailureReason.class);

  private static SessionDescriptor descriptor(SessionDescriptor.Cohort cohort) {
    SessionDescriptor base = PlainSession.descriptor();
    return new SessionDescriptor(
        base.fleet(),
        base.round(),
        base.model(),
        new SessionDescriptor.Vector(new LaneLayout(24, 12, 21), 8, 1, 100, 0),
        cohort,
        SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0, 0),
        Duration.ofSeconds(4),
        base.terms());
  }

  private void run(long seed, SessionDescriptor.Cohort cohort, SimulatedRound.Faults faults) {
    ServerPhase end;
    try {
      end = new SimulatedRound(seed, descriptor(cohort), faults).run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " with " + cohort + " and " + faults, e);
    }
    if (end instanceof ServerPhase.Completed sum) {
      completed++;
      incomplete += sum.survivors().size() < cohort.maximum() ? 1 : 0;
    } else {
      failed.merge(((ServerPhase.Failed) end).reason(), 1, Integer::sum);
    }
  }

  @Test
  void smallRoundsEndWithTheExactSumOrFailByName() throws InfeasibleSecAggException {
    for (long seed = 0; seed < SMALL_ROUNDS; seed++) {
      Random random = new Random(seed);
      int maximum = 4 + random.nextInt(6);
      int minimum = 3 + random.nextInt(maximum - 3);
      SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0, 0);
      SimulatedRound.Faults faults =
          new SimulatedRound.Faults(
              0.3 * random.nextDouble(),
              0.5 * random.nextDouble(),
              0.2 * random.nextInt(2) * random.nextDouble(),
              0.2 * random.nextInt(2) * random.nextDouble());
      run(seed, SessionDescriptor.Cohort.of(minimum, maximum, assumptions), faults);
    }
    System.out.println(
        "seeds 0 to %d: %d sums, %d of them over a part, and %s"
            .formatted(SMALL_ROUNDS - 1, completed, incomplete, failed));
    // Each kind of end was tried often.
    assertThat(incomplete).isGreaterThan(SMALL_ROUNDS / 50);
    assertThat(completed - incomplete).isGreaterThan(SMALL_ROUNDS / 50);
    assertThat(failed)
        .containsKeys(
            FailureReason.COHORT_TOO_SMALL,
            FailureReason.TOO_FEW_SURVIVING_NEIGHBOURS,
            FailureReason.TOO_FEW_CONFIRMATIONS,
            FailureReason.SECRET_NOT_OPENED);
  }

  @Test
  void roundsOnARandomGraphEndWithTheExactSumOrFailByName() throws InfeasibleSecAggException {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0, 0.05);
    for (long seed = 0; seed < 6; seed++) {
      int maximum = 150 + (int) seed;
      SessionDescriptor.Cohort cohort =
          SessionDescriptor.Cohort.of(maximum - 15, maximum, assumptions);
      assertThat(cohort.neighbours()).isLessThan(maximum / 2);
      run(seed, cohort, new SimulatedRound.Faults(0.1, 0.1, 0.01 * seed, 0.01));
    }
    System.out.println(
        "seeds 0 to 5: %d sums, %d of them over a part, and %s"
            .formatted(completed, incomplete, failed));
    assertThat(incomplete).isGreaterThan(1);
  }
}
