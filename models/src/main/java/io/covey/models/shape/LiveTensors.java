package io.covey.models.shape;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.Subgraph;
import java.util.Arrays;
import java.util.List;

/**
 * How much memory a graph's tensors take at a time: the least that an arena can be which holds what
 * operators still have to read. Inputs and variables are held all the time, results to the end;
 * constants are not counted, since they lie in the file.
 */
final class LiveTensors {
  private static final int ALWAYS = Integer.MAX_VALUE;

  private LiveTensors() {}

  /**
   * The most bytes at a time, saturated.
   *
   * @param shapes of all tensors, in their order
   * @param called what each operator takes besides, for the graphs that it runs
   */
  static long peakBytes(Subgraph graph, List<KnownTensor> shapes, long[] called) {
    int[] lastUse = lastUses(graph);
    boolean[] held = new boolean[shapes.size()];
    long live = 0;
    graph.inputs().forEach(input -> held[input] = true);
    for (int i = 0; i < shapes.size(); i++) {
      held[i] |= graph.tensor(i).isVariable();
      if (held[i]) {
        live = plus(live, bytes(graph.tensor(i), shapes.get(i)));
        lastUse[i] = ALWAYS;
      }
    }
    long peak = live;
    for (int i = 0; i < graph.operators().size(); i++) {
      GraphOperator operator = graph.operators().get(i);
      for (int output : operator.outputs()) {
        if (!held[output]) {
          held[output] = true;
          live = plus(live, bytes(graph.tensor(output), shapes.get(output)));
        }
      }
      peak = Math.max(peak, plus(live, called[i]));
      live -= released(graph, operator, shapes, lastUse, held, i);
    }
    return peak;
  }

  /** By which operator each tensor is needed last. */
  private static int[] lastUses(Subgraph graph) {
    int[] lastUse = new int[graph.tensors().size()];
    Arrays.fill(lastUse, -1);
    for (int i = 0; i < graph.operators().size(); i++) {
      for (int input : graph.operators().get(i).inputs()) {
        if (input != GraphOperator.LEFT_OUT) {
          lastUse[input] = i;
        }
      }
    }
    graph.outputs().forEach(output -> lastUse[output] = ALWAYS);
    return lastUse;
  }

  /** What nothing reads after this operator, among what it reads and gives. */
  private static long released(
      Subgraph graph,
      GraphOperator operator,
      List<KnownTensor> shapes,
      int[] lastUse,
      boolean[] held,
      int position) {
    long released = 0;
    for (List<Integer> touched : List.of(operator.inputs(), operator.outputs())) {
      for (int tensor : touched) {
        if (tensor != GraphOperator.LEFT_OUT && held[tensor] && lastUse[tensor] <= position) {
          held[tensor] = false;
          released += bytes(graph.tensor(tensor), shapes.get(tensor));
        }
      }
    }
    return released;
  }

  /** No overflow: elements fit in an int. */
  private static long bytes(GraphTensor tensor, KnownTensor shape) {
    return (long) shape.elements() * tensor.type().bits() / Byte.SIZE;
  }

  /** Sums of at most 2^31 tensors of at most 2^35 bytes could overflow, and only from above. */
  private static long plus(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }
}
