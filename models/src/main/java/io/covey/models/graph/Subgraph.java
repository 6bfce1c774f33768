package io.covey.models.graph;

import java.util.List;
import java.util.Objects;

/**
 * One graph: its operators run in order. All numbers, in it and in its operators, are positions in
 * {@code tensors}.
 *
 * @param name for people; may be empty
 * @param tensors all that its operators read and write
 * @param inputs what the caller gives
 * @param outputs what the caller gets
 * @param operators in the order in which they run
 */
public record Subgraph(
    String name,
    List<GraphTensor> tensors,
    List<Integer> inputs,
    List<Integer> outputs,
    List<GraphOperator> operators) {

  /** Checks and copies. */
  public Subgraph {
    Objects.requireNonNull(name, "name");
    tensors = List.copyOf(tensors);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    operators = List.copyOf(operators);
  }

  /** The tensor at a position. */
  public GraphTensor tensor(int position) {
    return tensors.get(position);
  }
}
