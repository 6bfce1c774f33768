package io.covey.models.training;

import java.util.List;
import java.util.Objects;

/**
 * What one variable of a trainable graph is in the plain graph's main subgraph.
 *
 * @param name its name among the trainable graph's parameters: {@code w00}, {@code w01}, ...
 * @param tensorName the name of the constant that it stands for, or one made up where the converter
 *     dropped it for being zero
 * @param shape its dimensions
 * @param uses the operator inputs that it stands for; more than one when weights are tied
 */
public record TrainableVariable(
    String name, String tensorName, List<Integer> shape, List<Use> uses) {

  /** Copies. */
  public TrainableVariable {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(tensorName, "tensorName");
    shape = List.copyOf(shape);
    uses = List.copyOf(uses);
    if (uses.isEmpty()) {
      throw new IllegalArgumentException("variable '" + name + "' is used nowhere");
    }
  }

  /**
   * An input of an operator.
   *
   * @param operator the operator's position
   * @param input the input's position; it may be left out in the plain graph, or lie beyond its end
   */
  public record Use(int operator, int input) {

    /** Checks the ranges. */
    public Use {
      if (operator < 0 || input < 0) {
        throw new IllegalArgumentException("operator " + operator + " has no input " + input);
      }
    }
  }

  /** How many elements it has. */
  public int elements() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
