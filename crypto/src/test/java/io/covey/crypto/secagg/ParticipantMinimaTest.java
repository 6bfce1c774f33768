package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.secagg.ParticipantMinima.Adversary;
import io.covey.crypto.secagg.ParticipantMinima.Shortfall;
import io.covey.crypto.secagg.SessionDescriptor.Cohort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParticipantMinimaTest {
  private static final ParticipantMinima MINIMA =
      new ParticipantMinima(3, 2, 0, 0, new Adversary(AdversaryModel.SEMI_MALICIOUS, 0.1, 40));

  private static Shortfall shortfallOf(Cohort cohort, SecAggAssumptions assumptions) {
    return MINIMA.shortfallOf(Descriptors.of(cohort, assumptions)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "5, 10", "20, 128", "900, 1000", "200, 200"})
  void whatTheFactoryComputesIsAccepted(int minimum, int maximum) throws InfeasibleSecAggException {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.1, 0);
    Cohort cohort = Cohort.of(minimum, maximum, assumptions);
    assertThat(MINIMA.shortfallOf(Descriptors.of(cohort, assumptions))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"20, 128", "900, 1000"})
  void oneBelowWhatTheAssumptionsCallForIsRefused(int minimum, int maximum)
      throws InfeasibleSecAggException {
    Cohort least = Cohort.of(minimum, maximum, Descriptors.ASSUMPTIONS);
    Cohort lower = new Cohort(minimum, maximum, least.neighbours(), least.threshold() - 1);
    assertThat(shortfallOf(lower, Descriptors.ASSUMPTIONS)).isEqualTo(Shortfall.THRESHOLD_TOO_LOW);
    int fewer = least.neighbours() - 2 + least.neighbours() % 2;
    Cohort sparser = new Cohort(minimum, maximum, fewer, least.threshold());
    assertThat(shortfallOf(sparser, Descriptors.ASSUMPTIONS))
        .isEqualTo(Shortfall.TOO_FEW_NEIGHBOURS);
  }

  /** Two sets of t would fit among 400 neighbours. */
  @Test
  void manyMoreNeighboursWithTheSameThresholdAreRefused() throws InfeasibleSecAggException {
    Cohort least = Cohort.of(900, 1000, Descriptors.ASSUMPTIONS);
    assertThat(shortfallOf(new Cohort(900, 1000, 400, least.threshold()), Descriptors.ASSUMPTIONS))
        .isEqualTo(Shortfall.THRESHOLD_TOO_LOW);
  }

  @Test
  void parametersForTheMaximumAloneAreRefusedForSmallRosters() throws InfeasibleSecAggException {
    Cohort narrow = Cohort.of(1000, 1000, Descriptors.ASSUMPTIONS);
    assertThat(
            shortfallOf(
                new Cohort(500, 1000, narrow.neighbours(), narrow.threshold()),
                Descriptors.ASSUMPTIONS))
        .isEqualTo(Shortfall.TOO_FEW_NEIGHBOURS);
  }

  @ParameterizedTest
  @CsvSource({"SEMI_HONEST, 0.1, 40", "SEMI_MALICIOUS, 0.09, 40", "SEMI_MALICIOUS, 0.1, 39"})
  void weakerAdversariesAreRefused(AdversaryModel model, double corrupt, int privacyBits) {
    SecAggAssumptions weaker = new SecAggAssumptions(model, corrupt, 0.1, privacyBits, 30);
    assertThat(shortfallOf(new Cohort(20, 128, 127, 100), weaker))
        .isEqualTo(Shortfall.ADVERSARY_TOO_WEAK);
  }

  /** More attempts than privacy bits that can be counted must not throw here. */
  @ParameterizedTest
  @CsvSource({"0.45, 0.4, 40", "0.49, 0.49, 256", "0.49, 0, 256"})
  void assumptionsUnderWhichNothingIsSafeAreRefused(
      double corrupt, double dropped, int privacyBits) {
    SecAggAssumptions hopeless =
        new SecAggAssumptions(AdversaryModel.SEMI_MALICIOUS, corrupt, dropped, privacyBits, 30);
    assertThat(shortfallOf(new Cohort(3, 200_000, 1000, 999), hopeless))
        .isEqualTo(Shortfall.ASSUMPTIONS_INFEASIBLE);
    assertThat(shortfallOf(new Cohort(100, 128, 127, 127), hopeless))
        .isEqualTo(Shortfall.ASSUMPTIONS_INFEASIBLE);
  }

  @Test
  void adversariesOutOfRangeCannotBeMade() {
    assertThatThrownBy(() -> new Adversary(AdversaryModel.SEMI_HONEST, 0.5, 40))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Adversary(AdversaryModel.SEMI_HONEST, 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
