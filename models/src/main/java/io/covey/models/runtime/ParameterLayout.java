package io.covey.models.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Where each of a model's parameters lies in the one flat vector in which they are trained, sent
 * and stored. Parameters follow each other without gaps, each in row-major order.
 *
 * @param parameters in the order of the numbers in their names
 * @param size the length of the vector
 */
public record ParameterLayout(List<Parameter> parameters, int size) {

  /**
   * One parameter.
   *
   * @param name as the model's signatures {@code parameters} and {@code restore} have it
   * @param shape its dimensions, outermost first
   * @param offset where it begins in the vector
   * @param length its elements
   */
  public record Parameter(String name, List<Integer> shape, int offset, int length) {

    /** Checks and copies. */
    public Parameter {
      Objects.requireNonNull(name, "name");
      shape = List.copyOf(shape);
      long product = 1;
      for (int dimension : shape) {
        product = Math.multiplyExact(product, dimension);
      }
      if (offset < 0 || length < 1 || product != length) {
        throw new IllegalArgumentException(
            "parameter '"
                + name
                + "' of shape "
                + shape
                + " cannot have offset "
                + offset
                + " and length "
                + length);
      }
    }
  }

  /** Checks that the parameters fill the vector without gaps or overlaps. */
  public ParameterLayout {
    parameters = List.copyOf(parameters);
    int expected = 0;
    Set<String> names = new HashSet<>();
    for (Parameter parameter : parameters) {
      if (parameter.offset() != expected || !names.add(parameter.name())) {
        throw new IllegalArgumentException(
            "parameter '"
                + parameter.name()
                + "' at "
                + parameter.offset()
                + " should begin at "
                + expected
                + " and be named once");
      }
      expected = Math.addExact(expected, parameter.length());
    }
    if (size != expected || size == 0) {
      throw new IllegalArgumentException(
          "size " + size + " differs from the parameters' " + expected + " or is zero");
    }
  }

  /** The layout of {@code tensors}, which are fixed in shape and not empty, in that order. */
  static ParameterLayout of(List<TensorSpec> tensors) {
    List<Parameter> parameters = new ArrayList<>();
    int offset = 0;
    for (TensorSpec tensor : tensors) {
      int length = 1;
      for (int dimension : tensor.shape()) {
        length = Math.multiplyExact(length, dimension);
      }
      parameters.add(new Parameter(tensor.name(), tensor.shape(), offset, length));
      offset = Math.addExact(offset, length);
    }
    return new ParameterLayout(parameters, offset);
  }
}
