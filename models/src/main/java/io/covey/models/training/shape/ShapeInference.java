package io.covey.models.training.shape;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of all tensors of a graph for one size of the batch, from the operators' definitions:
 * for graphs whose file has lost them, and to see which dimensions follow the batch. Numbers of
 * which shapes are made (SHAPE, GATHER, PACK, ...) are computed along the way.
 *
 * <p>Nothing native looks at the graph, which may come from anywhere: the kernels take much on
 * trust. Work and memory are in proportion to the number of operators.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
public final class ShapeInference {

  /** How many they find is known only once they ran. */
  private static final Set<Builtin> FINDERS =
      Set.of(
          Builtin.WHERE,
          Builtin.UNIQUE,
          Builtin.NON_MAX_SUPPRESSION_V4,
          Builtin.NON_MAX_SUPPRESSION_V5);

  private final Subgraph graph;
  private final int batch;
  private final IntUnaryOperator place;
  private final List<@Nullable KnownTensor> known = new ArrayList<>();

  private ShapeInference(Subgraph graph, int batch, IntUnaryOperator place) {
    this.graph = graph;
    this.batch = batch;
    this.place = place;
  }

  /**
   * The shapes of the graph's tensors, in their order; those that nothing writes have the file's.
   *
   * @param graph one that {@link io.covey.models.graph.ModelGraph#check} accepts
   * @param batch the size to give to every dimension of the inputs that may have any
   * @param place the position by which messages call an operator
   * @throws ModelException when operators do not fit each other for that size, or shapes depend on
   *     the examples themselves
   */
  public static List<List<Integer>> shapes(Subgraph graph, int batch, IntUnaryOperator place) {
    return new ShapeInference(graph, batch, place).run();
  }

  private List<List<Integer>> run() {
    for (GraphTensor tensor : graph.tensors()) {
      boolean isGiven = tensor.isConstant() || tensor.isEmpty();
      known.add(isGiven ? KnownTensor.constant(tensor) : null);
    }
    graph.inputs().forEach(this::size);
    for (int i = 0; i < graph.operators().size(); i++) {
      GraphOperator operator = graph.operators().get(i);
      try {
        infer(operator);
      } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
        throw refused(operator, i, e);
      }
    }
    List<List<Integer>> shapes = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      KnownTensor tensor = known.get(i);
      shapes.add(tensor == null ? graph.tensor(i).shape() : tensor.shape());
    }
    return shapes;
  }

  private void size(int input) {
    GraphTensor tensor = graph.tensor(input);
    try {
      known.set(input, KnownTensor.of(sized(tensor)));
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          Reason.TOO_LARGE,
          "the model's input '"
              + tensor.name()
              + "' is too large with a batch of "
              + batch
              + ": "
              + e.getMessage()
              + "; export the model with sizes for all dimensions but the first",
          e);
    }
  }

  private void infer(GraphOperator operator) {
    ShapeRule rule = ShapeTable.of(operator.code());
    List<KnownTensor> results =
        rule == null
            ? operator.outputs().stream().map(i -> asInFile(operator, graph.tensor(i))).toList()
            : rule.results(scope(operator));
    for (int i = 0; i < operator.outputs().size(); i++) {
      int output = operator.outputs().get(i);
      requireSize(graph.tensor(output), results.get(i));
      known.set(output, results.get(i));
    }
  }

  private ShapeScope scope(GraphOperator operator) {
    Map<Integer, KnownTensor> inputs = new HashMap<>();
    for (int i = 0; i < operator.inputs().size(); i++) {
      int input = operator.inputs().get(i);
      if (input != GraphOperator.LEFT_OUT) {
        KnownTensor tensor = known.get(input);
        inputs.put(i, tensor != null ? tensor : KnownTensor.of(sized(graph.tensor(input))));
      }
    }
    return new ShapeScope(operator, inputs);
  }

  /** Without a rule, what the file says has to do; the runtime compares it when it loads it. */
  private KnownTensor asInFile(GraphOperator operator, GraphTensor tensor) {
    if (FINDERS.contains(operator.code())) {
      throw new IllegalArgumentException("how much it gives depends on the examples themselves");
    }
    if (!operator.called().isEmpty()) {
      throw new IllegalArgumentException("it runs other graphs");
    }
    if (tensor.shape().lastIndexOf(GraphTensor.ANY) > 0 || !tensor.hasRank()) {
      throw new IllegalArgumentException(
          "there is no rule for it, and the file says of what it gives the shape "
              + tensor.shape());
    }
    return KnownTensor.of(sized(tensor));
  }

  private List<Integer> sized(GraphTensor tensor) {
    return tensor.shape().stream().map(size -> size == GraphTensor.ANY ? batch : size).toList();
  }

  private static void requireSize(GraphTensor tensor, KnownTensor result) {
    // No overflow: elements fit in an int.
    long bytes = (long) result.elements() * tensor.type().bits() / Byte.SIZE;
    if (bytes > ModelLimits.DEFAULT.tensorBytes()) {
      throw new IllegalArgumentException(
          "it would give " + bytes + " bytes of shape " + result.shape());
    }
    if (result.elements() == 0 && tensor.type() == TensorType.FLOAT32) {
      throw new IllegalArgumentException("it would give nothing, of shape " + result.shape());
    }
  }

  private ModelException refused(GraphOperator operator, int index, RuntimeException cause) {
    String giving =
        operator.outputs().isEmpty()
            ? ""
            : ", giving '" + graph.tensor(operator.outputs().get(0)).name() + "'";
    return new ModelException(
        Reason.EXECUTION_FAILED,
        "the model cannot be run with a batch of "
            + batch
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
