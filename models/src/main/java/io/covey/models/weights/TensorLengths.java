package io.covey.models.weights;

import io.covey.models.runtime.ParameterLayout;
import java.util.List;

/**
 * How many elements each tensor of a vector of weights has, in their order.
 *
 * @param elements at least 1 each
 * @param total their sum
 */
public record TensorLengths(List<Integer> elements, int total) {

  /** Checks the sum, and copies. */
  public TensorLengths {
    elements = List.copyOf(elements);
    int sum = 0;
    for (int length : elements) {
      if (length < 1) {
        throw new IllegalArgumentException("a tensor of " + length + " elements");
      }
      sum = Math.addExact(sum, length);
    }
    if (sum != total || elements.isEmpty()) {
      throw new IllegalArgumentException(elements.size() + " tensors have " + sum + " elements");
    }
  }

  /** Those of a model's parameters. */
  public static TensorLengths of(ParameterLayout layout) {
    return new TensorLengths(
        layout.parameters().stream().map(ParameterLayout.Parameter::length).toList(),
        layout.size());
  }

  /** Those of {@code elements}. */
  public static TensorLengths of(List<Integer> elements) {
    return new TensorLengths(elements, elements.stream().reduce(0, Math::addExact));
  }

  /** How many tensors there are. */
  public int count() {
    return elements.size();
  }

  /** The elements of a tensor, counted from 0. */
  public int length(int tensor) {
    return elements.get(tensor);
  }
}
