package io.covey.models.shape;

import java.util.List;

/** What an operator's results are, from what it takes. */
@FunctionalInterface
interface ShapeRule {

  /**
   * The results, in order; fewer than the operator has are refused.
   *
   * @throws IllegalArgumentException when what it takes does not fit; other exceptions for what
   *     lies outside of a list or of a number's range mean the same
   */
  List<KnownTensor> results(ShapeScope scope);
}
