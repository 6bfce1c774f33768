package io.covey.coordinator.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.crypto.privacy.accounting.PrivacyLedger;
import io.covey.crypto.privacy.accounting.RoundCost;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrivacyAccountTest {
  private static final RoundCost COST = new RoundCost(2, 0.1, 0);
  private static final Optional<RoundCost> NOISED = Optional.of(COST);

  private static PrivacyAccount account(double epsilon, Observer observer) {
    return new PrivacyAccount(
        Optional.of(new ModelBudget(new PrivacyBudget(epsilon, 1e-5), observer)),
        PrivacyLedger.empty(),
        0);
  }

  @Test
  void withoutABudgetEveryRoundIsAllowed() {
    PrivacyAccount account = PrivacyAccount.empty().with(Optional.empty()).with(NOISED);
    assertThat(account.refusalOf(Optional.empty())).isEmpty();
    assertThat(account.refusalOf(NOISED)).isEmpty();
    assertThat(account.rounds()).isEqualTo(2);
  }

  @Test
  void aBudgetAllowsNoRoundWithoutNoise() {
    assertThat(account(1000, Observer.COORDINATOR).refusalOf(Optional.empty()).orElseThrow())
        .satisfies(
            refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.PLAN_WITHOUT_NOISE));
  }

  @Test
  void aRoundThatHadNoNoiseIsNeverCovered() {
    PrivacyAccount account = account(1000, Observer.MODEL_CONSUMER).with(Optional.empty());
    assertThat(account.spent(Observer.MODEL_CONSUMER, 1e-5)).isInfinite();
    assertThat(account.refusalOf(NOISED).orElseThrow().reason())
        .isEqualTo(Refusal.Reason.EARLIER_ROUNDS_WITHOUT_NOISE);
  }

  @Test
  void roundsAreAllowedAsLongAsTheyFitAndThenWhatIsLeftIsSaid() {
    PrivacyAccount account = account(5, Observer.COORDINATOR);
    int allowed = 0;
    while (account.refusalOf(NOISED).isEmpty()) {
      account = account.with(NOISED);
      allowed++;
    }
    double spent = account.spent(Observer.COORDINATOR, 1e-5);
    assertThat(allowed).isGreaterThan(1);
    assertThat(spent).isLessThanOrEqualTo(5);
    assertThat(account.with(NOISED).spent(Observer.COORDINATOR, 1e-5)).isGreaterThan(5);
    Refusal refusal = account.refusalOf(NOISED).orElseThrow();
    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.EPSILON_EXHAUSTED);
    assertThat(refusal.detail()).contains("%.4f is left".formatted(5 - spent));
  }

  @Test
  void againstConsumersSamplingCountsAndAgainstTheCoordinatorItDoesNot() {
    PrivacyAccount coordinator = account(2, Observer.COORDINATOR).with(NOISED);
    PrivacyAccount consumers = account(2, Observer.MODEL_CONSUMER).with(NOISED);
    assertThat(coordinator.refusalOf(NOISED)).isPresent();
    assertThat(consumers.refusalOf(NOISED)).isEmpty();
    assertThat(consumers.spent(Observer.COORDINATOR, 1e-5))
        .isCloseTo(coordinator.spent(Observer.COORDINATOR, 1e-5), within(1e-12));
  }

  @Test
  void aBudgetIsLooserWhenItAllowsWhatTheOtherDoesNot() {
    ModelBudget budget = new ModelBudget(new PrivacyBudget(2, 1e-6), Observer.COORDINATOR);
    assertThat(budget.isLooserThan(budget)).isFalse();
    assertThat(new ModelBudget(new PrivacyBudget(1, 1e-6), Observer.COORDINATOR))
        .matches(lower -> !lower.isLooserThan(budget) && budget.isLooserThan(lower));
    assertThat(new ModelBudget(new PrivacyBudget(1, 1e-5), Observer.COORDINATOR))
        .matches(other -> other.isLooserThan(budget));
    assertThat(new ModelBudget(new PrivacyBudget(1, 1e-6), Observer.MODEL_CONSUMER))
        .matches(other -> other.isLooserThan(budget));
  }
}
