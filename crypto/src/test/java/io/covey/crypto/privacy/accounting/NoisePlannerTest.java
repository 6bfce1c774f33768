package io.covey.crypto.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoisePlannerTest {
  @ParameterizedTest
  @CsvSource({
    "MODEL_CONSUMER, 0.01, 1000, 2, 1e-6",
    "MODEL_CONSUMER, 0.001, 5000, 8, 1e-8",
    "MODEL_CONSUMER, 1, 1, 0.5, 1e-5",
    "COORDINATOR, 0.01, 100, 10, 1e-6",
    "COORDINATOR, 0.5, 1, 3, 1e-9"
  })
  void noiseIsEnoughAndBarelyMore(
      Observer observer, double rate, long rounds, double epsilon, double delta) {
    NoisePlanner planner = new NoisePlanner(observer, rate, rounds);
    double multiplier = planner.smallestMultiplier(new PrivacyBudget(epsilon, delta)).orElseThrow();
    assertThat(planner.ledger(multiplier).spent(observer, delta)).isLessThanOrEqualTo(epsilon);
    assertThat(planner.ledger(multiplier / 1.0002).spent(observer, delta)).isGreaterThan(epsilon);
    assertThat(planner.ledger(multiplier).rounds()).isEqualTo(rounds);
  }

  @Test
  void theReferenceIsFoundAgain() {
    // The reference's row of rate 0.01, 1000 rounds, delta 1e-5: multiplier 1 spends 2.10775.
    NoisePlanner planner = new NoisePlanner(Observer.MODEL_CONSUMER, 0.01, 1000);
    assertThat(planner.smallestMultiplier(new PrivacyBudget(2.1078, 1e-5)).orElseThrow())
        .isBetween(0.9999, 1.0005);
  }

  @Test
  void budgetsThatNoNoiseKeepsAreFound() {
    NoisePlanner planner = new NoisePlanner(Observer.COORDINATOR, 1, 100_000_000);
    assertThat(planner.smallestMultiplier(new PrivacyBudget(0.01, 1e-9))).isEmpty();
  }

  @Test
  void roundsAreAtLeastOne() {
    assertThatThrownBy(() -> new NoisePlanner(Observer.COORDINATOR, 1, 0))
        .hasMessage("0 rounds, expected at least 1");
  }
}
