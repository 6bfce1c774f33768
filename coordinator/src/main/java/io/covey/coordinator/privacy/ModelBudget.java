package io.covey.coordinator.privacy;

import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;

/**
 * What a model may cost in privacy over all its rounds, and against whom that holds.
 *
 * @param observer the coordinator is the cautious choice: it rests on no assumption about sampling
 */
public record ModelBudget(PrivacyBudget budget, Observer observer) {

  /** Whether this allows what the other does not: a larger number, or a weaker observer. */
  public boolean isLooserThan(ModelBudget other) {
    return budget.epsilon() > other.budget.epsilon()
        || budget.delta() > other.budget.delta()
        || (observer == Observer.MODEL_CONSUMER && other.observer == Observer.COORDINATOR);
  }

  @Override
  public String toString() {
    return "epsilon %s at delta %s against the %s"
        .formatted(budget.epsilon(), budget.delta(), nameOf(observer));
  }

  static String nameOf(Observer observer) {
    return switch (observer) {
      case COORDINATOR -> "coordinator";
      case MODEL_CONSUMER -> "consumers of the model";
    };
  }
}
