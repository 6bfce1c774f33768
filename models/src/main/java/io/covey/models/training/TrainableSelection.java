package io.covey.models.training;

import java.util.List;
import java.util.regex.Pattern;

/** Which of a model's parameters train; the others stay constants, quantized where they were. */
public sealed interface TrainableSelection {

  /** Every parameter. */
  record All() implements TrainableSelection {}

  /**
   * The parameters of the last layers, a layer being an operator with parameters of its own.
   *
   * @param count how many, at least 1
   */
  record LastLayers(int count) implements TrainableSelection {

    /** Checks the count. */
    public LastLayers {
      if (count < 1) {
        throw new IllegalArgumentException("the last " + count + " layers are none");
      }
    }
  }

  /**
   * The parameters in whose name the pattern is found, among them constants of sums and products
   * that {@link All} takes for settings, not parameters.
   */
  record Matching(Pattern names) implements TrainableSelection {}

  /**
   * The parameters that stand at some inputs of operators, whatever their names.
   *
   * @param uses positions in the plain graph's main subgraph
   */
  record UsedAt(List<TrainableVariable.Use> uses) implements TrainableSelection {

    /** Copies. */
    public UsedAt {
      uses = List.copyOf(uses);
    }
  }
}
