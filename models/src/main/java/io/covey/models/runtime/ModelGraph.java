package io.covey.models.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link GraphReader} read of a file: its structure, without the weights.
 *
 * @param subgraphs the graphs; the first is the main one
 * @param signatures the named entry points
 */
record ModelGraph(List<Subgraph> subgraphs, List<EntryPoint> signatures) {

  ModelGraph {
    subgraphs = List.copyOf(subgraphs);
    signatures = List.copyOf(signatures);
  }

  /** One graph: its operators run in order; all numbers are positions in {@code tensors}. */
  record Subgraph(
      List<GraphTensor> tensors,
      List<Integer> inputs,
      List<Integer> outputs,
      List<GraphOperator> operators) {

    Subgraph {
      tensors = List.copyOf(tensors);
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      operators = List.copyOf(operators);
    }
  }

  /**
   * One tensor.
   *
   * @param schemaType the code of its type in the file
   * @param shape its dimensions, those of any size as {@link TensorSpec#ANY}
   * @param nominalShape its dimensions as the native runtime first sizes it
   * @param constantBytes the size of its constant value, 0 when it is computed
   * @param isVariable whether it keeps its value from run to run
   * @param isSparse whether its constant value leaves zeros out
   * @param quantization how its integers stand for real numbers, or null when they do not
   */
  record GraphTensor(
      String name,
      int schemaType,
      List<Integer> shape,
      List<Integer> nominalShape,
      long constantBytes,
      boolean isVariable,
      boolean isSparse,
      @Nullable Quantization quantization) {

    GraphTensor {
      shape = List.copyOf(shape);
      nominalShape = List.copyOf(nominalShape);
    }

    /** A constant without elements has no bytes, such as the shape of a scalar. */
    boolean isEmpty() {
      return nominalShape.contains(0);
    }

    boolean isConstant() {
      return constantBytes > 0;
    }
  }

  /**
   * How integers stand for real numbers: {@code scale * (integer - zeroPoint)}, the same for the
   * whole tensor or one pair for each position along a dimension.
   *
   * @param isCustom whether it has further details in a form of its own
   */
  record Quantization(List<Float> scales, List<Long> zeroPoints, int dimension, boolean isCustom) {

    Quantization {
      scales = List.copyOf(scales);
      zeroPoints = List.copyOf(zeroPoints);
    }
  }

  /**
   * One operator.
   *
   * @param code its builtin code
   * @param customName its name when it is a custom operator
   * @param inputs what it reads, -1 for an optional input left out
   * @param outputs what it writes
   * @param called the subgraphs that it runs
   * @param variable the name of the variable that a VAR_HANDLE stands for
   */
  record GraphOperator(
      int code,
      @Nullable String customName,
      List<Integer> inputs,
      List<Integer> outputs,
      List<Integer> called,
      @Nullable String variable) {

    GraphOperator {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      called = List.copyOf(called);
    }
  }

  /** A signature: names for a subgraph's inputs and outputs. */
  record EntryPoint(String key, int subgraph, List<NamedTensor> inputs, List<NamedTensor> outputs) {

    EntryPoint {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /** A name for the tensor at a position. */
  record NamedTensor(String name, int tensor) {}
}
