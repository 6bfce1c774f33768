package io.covey.crypto.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.covey.crypto.privacy.DistributedGaussian;
import io.covey.crypto.privacy.PrivacyDemand;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivacyLedgerTest {
  private static final double DELTA = 1e-6;
  private static final RoundCost ROUND = new RoundCost(1.5, 0.02, 0x1p-96);
  private static final RoundCost NOISIER = new RoundCost(3, 0.02, 0x1p-96);

  @Test
  void nothingIsSpentBeforeTheFirstRound() {
    assertThat(PrivacyLedger.empty().spent(Observer.COORDINATOR, DELTA)).isZero();
    assertThat(PrivacyLedger.empty().rounds()).isZero();
  }

  @Test
  void spendingIsThatOfTheCurvesAndBarelyMoreForTheDistance() {
    PrivacyLedger ledger = PrivacyLedger.empty().with(ROUND, 20).with(NOISIER).with(NOISIER);
    RenyiCurve full = RenyiCurve.gaussian(1.5).times(20).plus(RenyiCurve.gaussian(3).times(2));
    RenyiCurve sampled =
        RenyiCurve.sampledGaussian(0.02, 1.5)
            .times(20)
            .plus(RenyiCurve.sampledGaussian(0.02, 3).times(2));
    double atCoordinator = ledger.spent(Observer.COORDINATOR, DELTA);
    double atConsumer = ledger.spent(Observer.MODEL_CONSUMER, DELTA);
    assertThat(atCoordinator).isBetween(full.epsilon(DELTA), full.epsilon(DELTA) + 1e-3);
    assertThat(atConsumer).isBetween(sampled.epsilon(DELTA), sampled.epsilon(DELTA) + 1e-3);
    assertThat(atConsumer).isLessThan(atCoordinator / 5);
  }

  @Test
  void equalRoundsAreCountedAndTheOrderDoesNotMatter() {
    PrivacyLedger ledger = PrivacyLedger.empty();
    for (int i = 0; i < 1000; i++) {
      ledger = ledger.with(i % 3 == 0 ? NOISIER : ROUND);
    }
    assertThat(ledger.counts()).isEqualTo(Map.of(NOISIER, 334L, ROUND, 666L));
    assertThat(ledger).isEqualTo(PrivacyLedger.empty().with(ROUND, 666).with(NOISIER, 334));
    assertThat(PrivacyLedger.of(ledger.counts())).isEqualTo(ledger).hasSameHashCodeAs(ledger);
    assertThat(ledger.rounds()).isEqualTo(1000);
  }

  @Test
  void recordingLeavesTheLedgerBeforeAsItWas() {
    PrivacyLedger before = PrivacyLedger.empty().with(ROUND);
    PrivacyLedger after = before.with(ROUND);
    assertThat(before.rounds()).isEqualTo(1);
    assertThat(after.spent(Observer.COORDINATOR, DELTA))
        .isGreaterThan(before.spent(Observer.COORDINATOR, DELTA));
  }

  @ParameterizedTest
  @CsvSource({"COORDINATOR, 20", "MODEL_CONSUMER, 1"})
  void budgetAllowsRoundsUntilTheNextWouldExceedIt(Observer observer, double epsilon) {
    PrivacyBudget budget = new PrivacyBudget(epsilon, DELTA);
    PrivacyLedger ledger = PrivacyLedger.empty();
    while (ledger.refusalOf(ROUND, budget, observer).isEmpty()) {
      ledger = ledger.with(ROUND);
    }
    assertThat(ledger.rounds()).isGreaterThan(5);
    assertThat(ledger.spent(observer, DELTA)).isLessThanOrEqualTo(epsilon);
    assertThat(ledger.with(ROUND).spent(observer, DELTA)).isGreaterThan(epsilon);
    assertThat(ledger.refusalOf(ROUND, budget, observer)).contains(BudgetRefusal.EPSILON_EXHAUSTED);
    // What is left may do for a noisier round.
    assertThat(ledger.refusalOf(new RoundCost(500, 0.02, 0), budget, observer)).isEmpty();
  }

  @Test
  void distanceThatDoesNotFitIntoDeltaIsRefusedByName() {
    RoundCost coarse = new RoundCost(1, 1, 1e-12);
    PrivacyLedger once = PrivacyLedger.empty().with(coarse);
    PrivacyBudget budget = new PrivacyBudget(1000, DELTA);
    // Epsilon 5 for one round: (1 + e^5) * 1e-12 is well below a 1024th of delta.
    assertThat(once.spent(Observer.COORDINATOR, DELTA)).isBetween(4.0, 6.0);
    PrivacyLedger many = PrivacyLedger.empty().with(coarse, 9);
    // Epsilon is about 20 by then: e^20 * 9e-12 is above it.
    assertThat(many.spent(Observer.COORDINATOR, DELTA)).isInfinite();
    assertThat(many.refusalOf(coarse, budget, Observer.COORDINATOR))
        .contains(BudgetRefusal.DELTA_EXHAUSTED);
    // Without any distance epsilon may be what it is.
    assertThat(
            PrivacyLedger.empty()
                .with(new RoundCost(1, 1, 0), 1_000_000)
                .spent(Observer.COORDINATOR, DELTA))
        .isGreaterThan(1e5)
        .isFinite();
  }

  @Test
  void costOfARoundIsThatOfItsMechanism() {
    UpdateEncoding encoding =
        new PrivacyDemand(1.2, 60, ByteString.EMPTY)
            .applyTo(new UpdateEncoding(5000, 12, 21, 1f, 10, 10f), 100);
    RoundCost cost = RoundCost.of(DistributedGaussian.of(encoding), 100, 10_000);
    assertThat(cost.noiseMultiplier()).isBetween(1.2, 1.25);
    assertThat(cost.samplingRate()).isEqualTo(0.01, within(1e-12));
    assertThat(cost.distance()).isEqualTo(0x1p-96);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "100, 10000, 0.01",
    "100, 10001, 0.01",
    "1, 3, 0.334",
    "999999, 1000000, 1",
    "7, 9000001, 7.78e-7",
    "123, 1000, 0.123"
  })
  void samplingRatesAreRoundedUpToThreeDigits(long cohort, long population, double expected) {
    double rate = RoundCost.samplingRate(cohort, population);
    assertThat(rate).isEqualTo(expected, within(expected * 1e-9));
    assertThat(rate).isGreaterThanOrEqualTo(cohort / (double) population);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> RoundCost.samplingRate(11, 10))
        .hasMessage("cohort of 11, expected 1 to the population of 10");
    assertThatThrownBy(() -> new RoundCost(0, 1, 0)).hasMessageContaining("noise multiplier is 0");
    assertThatThrownBy(() -> new RoundCost(1, 0, 0)).hasMessageContaining("sampling rate is 0");
    assertThatThrownBy(() -> new RoundCost(1, 1, 1)).hasMessageContaining("distance is 1");
    assertThatThrownBy(() -> PrivacyLedger.of(Map.of(ROUND, 0L))).hasMessageContaining("0 rounds");
    assertThatThrownBy(() -> new PrivacyBudget(0, DELTA)).hasMessageContaining("epsilon is 0");
    assertThatThrownBy(() -> new PrivacyBudget(1, 0)).hasMessageContaining("delta is 0");
  }
}
