package io.covey.coordinator.privacy;

import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import java.util.Optional;

/**
 * Where models' accounts are kept. Calls block; a failure is a {@link
 * java.io.UncheckedIOException}.
 */
public interface PrivacyStore {

  /** The account of a model; an empty one for a model that is not known. */
  PrivacyAccount account(ModelName model);

  /**
   * Sets or replaces the budget of a model.
   *
   * @throws IllegalStateException when there is no such model
   */
  void setBudget(ModelName model, ModelBudget budget);

  /**
   * Counts another round. When this returns, it is on disk.
   *
   * @param round empty for one without noise
   */
  void charge(ModelName model, Optional<RoundCost> round);

  /** The clip norm that the last rounds found for the next one; empty for that of the plan. */
  Optional<Float> clipNorm(ModelName model);

  /** Keeps what {@link #clipNorm} answers. */
  void setClipNorm(ModelName model, Optional<Float> clipNorm);
}
