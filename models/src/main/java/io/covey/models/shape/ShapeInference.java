package io.covey.models.shape;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * The shapes of all tensors of a graph for given shapes of its inputs, from the operators'
 * definitions: to see which dimensions follow the batch where a file does not say it, and to refuse
 * what kernels would not survive. Numbers of which shapes are made (SHAPE, GATHER, PACK, ...) are
 * computed along the way.
 *
 * <p>Nothing native looks at the graph, which may come from anywhere: the kernels take much on
 * trust. Work and memory are in proportion to the number of operators.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
public final class ShapeInference {

  /** How many they find is known only once they ran. */
  private static final Set<Builtin> FINDERS = Set.of(Builtin.WHERE, Builtin.UNIQUE);

  /** With branches inside of branches, graphs are gone through more than once. */
  private static final int MOST_OPERATORS = 1_000_000;

  private final List<Subgraph> callable;
  private final IntUnaryOperator place;
  private final ModelLimits limits;
  private int operatorsLeft = MOST_OPERATORS;

  /** What the graphs that the operator runs take, whose shapes are being worked out. */
  private long calledBytes;

  private record Run(List<KnownTensor> known, long peakBytes) {}

  private ShapeInference(List<Subgraph> callable, IntUnaryOperator place, ModelLimits limits) {
    this.callable = callable;
    this.place = place;
    this.limits = limits;
  }

  /**
   * The shapes of the graph's tensors, in their order; those that nothing writes have the file's.
   * The graph stands alone: operators that run other graphs are refused.
   *
   * @param graph one that {@link io.covey.models.graph.ModelGraph#check} accepts
   * @param inputs the shapes of its inputs, in their order
   * @param place the position by which messages call an operator
   * @throws ModelException when operators do not fit each other for these inputs, or shapes depend
   *     on the examples themselves
   */
  public static List<List<Integer>> shapes(
      Subgraph graph, List<List<Integer>> inputs, IntUnaryOperator place) {
    ShapeInference inference = new ShapeInference(List.of(), place, ModelLimits.DEFAULT);
    List<List<Integer>> shapes = new ArrayList<>();
    for (KnownTensor tensor : inference.runWithin(graph, given(graph, inputs))) {
      shapes.add(tensor.shape());
    }
    return shapes;
  }

  /**
   * Checks that a model's operators fit each other for these inputs of one of its graphs.
   *
   * @param model one that {@link io.covey.models.graph.ModelGraph#check} accepts
   * @param subgraph the graph's position
   * @param limits of each tensor, and of all that are alive at a time
   * @throws ModelException as {@link #shapes}
   */
  public static void check(
      ModelGraph model, int subgraph, List<List<Integer>> inputs, ModelLimits limits) {
    Subgraph graph = model.subgraphs().get(subgraph);
    var unused =
        new ShapeInference(model.subgraphs(), i -> i, limits)
            .runWithin(graph, given(graph, inputs));
  }

  private List<KnownTensor> runWithin(Subgraph graph, List<KnownTensor> inputs) {
    Run run = run(graph, inputs);
    if (run.peakBytes() > limits.arenaBytes()) {
      throw new ModelException(
          Reason.TOO_LARGE,
          "with inputs of the shapes "
              + inputs.stream().map(KnownTensor::shape).toList()
              + " the model's tensors take "
              + run.peakBytes()
              + " bytes at a time, and at most "
              + limits.arenaBytes()
              + " are allowed; use smaller batches, or a smaller model");
    }
    return run.known();
  }

  private static List<KnownTensor> given(Subgraph graph, List<List<Integer>> inputs) {
    List<KnownTensor> given = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      try {
        given.add(KnownTensor.of(inputs.get(i)));
      } catch (IllegalArgumentException e) {
        throw new ModelException(
            Reason.TOO_LARGE,
            "the model's input '"
                + graph.tensor(graph.inputs().get(i)).name()
                + "' cannot have so many examples: "
                + e.getMessage()
                + "; export the model with sizes for all dimensions but the first",
            e);
      }
    }
    return given;
  }

  private Run run(Subgraph graph, List<KnownTensor> inputs) {
    long[] called = new long[graph.operators().size()];
    List<KnownTensor> known = new ArrayList<>();
    for (GraphTensor tensor : graph.tensors()) {
      known.add(KnownTensor.constant(tensor));
    }
    for (int i = 0; i < inputs.size(); i++) {
      known.set(graph.inputs().get(i), inputs.get(i));
    }
    for (int i = 0; i < graph.operators().size(); i++) {
      GraphOperator operator = graph.operators().get(i);
      try {
        calledBytes = 0;
        infer(graph, operator, known);
        called[i] = calledBytes;
      } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
        throw refused(graph, i, inputs, e);
      }
    }
    return new Run(known, LiveTensors.peakBytes(graph, known, called));
  }

  private void infer(Subgraph graph, GraphOperator operator, List<KnownTensor> known) {
    if (--operatorsLeft < 0) {
      throw new IllegalArgumentException("the model's branches run too many operators");
    }
    ShapeScope scope = scope(operator, known);
    ShapeRule rule = ShapeTable.of(operator.code());
    List<KnownTensor> results = rule == null ? withoutRule(graph, scope) : rule.results(scope);
    if (results.size() != operator.outputs().size()) {
      throw new IllegalArgumentException(
          "it has " + operator.outputs().size() + " results, not " + results.size());
    }
    for (int i = 0; i < results.size(); i++) {
      int output = operator.outputs().get(i);
      requireSize(graph.tensor(output), results.get(i));
      known.set(output, results.get(i));
    }
  }

  private static ShapeScope scope(GraphOperator operator, List<KnownTensor> known) {
    Map<Integer, KnownTensor> inputs = new HashMap<>();
    for (int i = 0; i < operator.inputs().size(); i++) {
      int input = operator.inputs().get(i);
      if (input != GraphOperator.LEFT_OUT) {
        inputs.put(i, known.get(input));
      }
    }
    return new ShapeScope(operator, inputs);
  }

  private List<KnownTensor> withoutRule(Subgraph graph, ShapeScope scope) {
    GraphOperator operator = scope.operator();
    if (FINDERS.contains(operator.code())) {
      throw new IllegalArgumentException("how much it gives depends on the examples themselves");
    }
    if (operator.code() == Builtin.ASSIGN_VARIABLE) {
      // Variables are followed by the shapes in the file.
      List<Integer> shape = graph.tensor(operator.inputs().get(1)).shape();
      if (!scope.shape(1).equals(shape)) {
        throw new IllegalArgumentException(
            "it writes the shape " + scope.shape(1) + ", which in the file is " + shape);
      }
    }
    if (!operator.called().isEmpty()) {
      return called(scope);
    }
    return operator.outputs().stream().map(i -> asInFile(scope, graph.tensor(i))).toList();
  }

  /** Of CALL_ONCE, which gives nothing, and of IF, whose branches give the same. */
  private List<KnownTensor> called(ShapeScope scope) {
    if (callable.isEmpty()) {
      throw new IllegalArgumentException("it runs other graphs");
    }
    boolean isBranch = scope.operator().code() == Builtin.IF;
    List<KnownTensor> inputs = new ArrayList<>();
    for (int i = isBranch ? 1 : 0; i < scope.count(); i++) {
      inputs.add(KnownTensor.of(scope.shape(i)));
    }
    List<List<KnownTensor>> results = new ArrayList<>();
    long bytes = 0;
    for (int position : scope.operator().called()) {
      Subgraph branch = callable.get(position);
      if (branch.inputs().size() != inputs.size()) {
        throw new IllegalArgumentException(
            "it runs a graph of " + branch.inputs().size() + " inputs with " + inputs.size());
      }
      Run run = run(branch, inputs);
      bytes += run.peakBytes();
      results.add(
          branch.outputs().stream().map(i -> KnownTensor.of(run.known().get(i).shape())).toList());
    }
    calledBytes = bytes;
    if (!results.stream().allMatch(results.get(0)::equals)) {
      throw new IllegalArgumentException("its branches give the shapes " + results);
    }
    return results.get(0);
  }

  /** Without a rule, what the file says has to do; the runtime compares it when it loads it. */
  private static KnownTensor asInFile(ShapeScope scope, GraphTensor tensor) {
    List<Integer> shape = new ArrayList<>(tensor.shape());
    for (int i = 0; i < shape.size(); i++) {
      if (shape.get(i) == GraphTensor.ANY) {
        if (scope.rank(0) <= i) {
          throw new IllegalArgumentException(
              "there is no rule for it, and the file says of what it gives the shape " + shape);
        }
        shape.set(i, scope.shape(0).get(i));
      }
    }
    return KnownTensor.of(shape);
  }

  private void requireSize(GraphTensor tensor, KnownTensor result) {
    // No overflow: elements fit in an int.
    long bytes = (long) result.elements() * tensor.type().bits() / Byte.SIZE;
    if (bytes > limits.tensorBytes()) {
      throw new IllegalArgumentException(
          "it would give " + bytes + " bytes of shape " + result.shape());
    }
    if (result.elements() == 0 && tensor.type() == TensorType.FLOAT32) {
      throw new IllegalArgumentException("it would give nothing, of shape " + result.shape());
    }
  }

  private ModelException refused(
      Subgraph graph, int index, List<KnownTensor> inputs, RuntimeException cause) {
    GraphOperator operator = graph.operators().get(index);
    String giving =
        operator.outputs().isEmpty()
            ? ""
            : ", giving '" + graph.tensor(operator.outputs().get(0)).name() + "'";
    return new ModelException(
        Reason.EXECUTION_FAILED,
        "the model cannot be run with inputs of the shapes "
            + inputs.stream().map(KnownTensor::shape).toList()
            + ": "
            + operator.name()
            + " (operator "
            + place.applyAsInt(index)
            + giving
            + "): "
            + cause.getMessage()
            + "; where it is a RESHAPE, the model holds one batch size in its middle and has to be"
            + " exported for any",
        cause);
  }
}
