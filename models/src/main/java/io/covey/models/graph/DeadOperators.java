package io.covey.models.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Removes operators whose results nothing reads, and tensors that nothing uses. XNNPACK ends the
 * process on dead results, and they cost time.
 *
 * <p>Operators that write variables, call other subgraphs, or are custom stay, with all that they
 * read. Where one of an operator's several results is read, the operator stays whole.
 */
public final class DeadOperators {

  private final Subgraph subgraph;
  private final BitSet used = new BitSet();

  private DeadOperators(Subgraph subgraph) {
    this.subgraph = subgraph;
  }

  /** {@code subgraph} without them. Its inputs and outputs stay, at other positions. */
  public static Subgraph removedFrom(Subgraph subgraph) {
    return new DeadOperators(subgraph).remove();
  }

  /** The positions in {@code subgraph} of the operators that {@link #removedFrom} leaves there. */
  public static List<Integer> keptIn(Subgraph subgraph) {
    return new DeadOperators(subgraph).alive();
  }

  private Subgraph remove() {
    List<GraphOperator> alive = alive().stream().map(subgraph.operators()::get).toList();
    subgraph.inputs().forEach(used::set);
    return renumbered(alive);
  }

  private List<Integer> alive() {
    subgraph.outputs().forEach(used::set);
    List<Integer> alive = new ArrayList<>();
    List<GraphOperator> operators = subgraph.operators();
    for (int i = operators.size() - 1; i >= 0; i--) {
      GraphOperator operator = operators.get(i);
      if (hasEffect(operator) || operator.outputs().stream().anyMatch(used::get)) {
        alive.add(i);
        mark(operator);
      }
    }
    Collections.reverse(alive);
    return alive;
  }

  private void mark(GraphOperator operator) {
    operator.inputs().stream().filter(i -> i != GraphOperator.LEFT_OUT).forEach(used::set);
    operator.outputs().forEach(used::set);
    operator.intermediates().stream().filter(i -> i >= 0).forEach(used::set);
  }

  private static boolean hasEffect(GraphOperator operator) {
    return operator.outputs().isEmpty()
        || !operator.called().isEmpty()
        || operator.mutatedInputs().contains(true)
        || operator.code() == Builtin.CUSTOM
        || operator.code() == Builtin.WHILE;
  }

  private Subgraph renumbered(List<GraphOperator> alive) {
    int[] positions = new int[subgraph.tensors().size()];
    List<GraphTensor> tensors = new ArrayList<>();
    for (int i = 0; i < positions.length; i++) {
      positions[i] = GraphOperator.LEFT_OUT;
      if (used.get(i)) {
        positions[i] = tensors.size();
        tensors.add(subgraph.tensor(i));
      }
    }
    return new Subgraph(
        subgraph.name(),
        tensors,
        renumbered(subgraph.inputs(), positions),
        renumbered(subgraph.outputs(), positions),
        alive.stream().map(operator -> renumbered(operator, positions)).toList());
  }

  private static GraphOperator renumbered(GraphOperator operator, int[] positions) {
    return new GraphOperator(
        operator.code(),
        operator.customName(),
        operator.version(),
        renumbered(operator.inputs(), positions),
        renumbered(operator.outputs(), positions),
        operator.options(),
        renumbered(operator.intermediates(), positions),
        operator.mutatedInputs());
  }

  private static List<Integer> renumbered(List<Integer> tensors, int[] positions) {
    return tensors.stream()
        .map(i -> i == GraphOperator.LEFT_OUT ? GraphOperator.LEFT_OUT : positions[i])
        .toList();
  }
}
