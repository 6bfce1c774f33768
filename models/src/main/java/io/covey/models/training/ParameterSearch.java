package io.covey.models.training;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.training.TrainableVariable.Use;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds a graph's parameters: the float constants that training may change.
 *
 * <p>Those are the weights and biases of layers, and tables of embeddings. A constant factor or
 * summand counts when it has one value for each channel and stands behind a parameter, as in a
 * normalization; before any it is a setting, such as the mean of the inputs. Biases that a
 * converter dropped for being zero are found, too.
 */
final class ParameterSearch {

  private static final int BIAS_OF_LAYER = 2;
  private static final int BIAS_OF_TRANSPOSE_CONV = 3;

  /** The inputs that are parameters when they are constant. */
  private static final Map<Builtin, Set<Integer>> LAYERS =
      Map.of(
          Builtin.FULLY_CONNECTED, Set.of(1, BIAS_OF_LAYER),
          Builtin.CONV_2D, Set.of(1, BIAS_OF_LAYER),
          Builtin.DEPTHWISE_CONV_2D, Set.of(1, BIAS_OF_LAYER),
          Builtin.TRANSPOSE_CONV, Set.of(1, BIAS_OF_TRANSPOSE_CONV),
          Builtin.BATCH_MATMUL, Set.of(0, 1),
          Builtin.GATHER, Set.of(0),
          Builtin.PRELU, Set.of(1));

  private static final Set<Builtin> SUMS_AND_PRODUCTS =
      Set.of(Builtin.ADD, Builtin.SUB, Builtin.MUL, Builtin.DIV);

  private final Subgraph main;

  private ParameterSearch(Subgraph main) {
    this.main = main;
  }

  /**
   * A parameter of the plain graph.
   *
   * @param tensor the constant, or null when it was dropped for being zero
   */
  record Parameter(
      String tensorName, List<Integer> shape, List<Use> uses, @Nullable GraphTensor tensor) {

    Parameter {
      shape = List.copyOf(shape);
      uses = List.copyOf(uses);
    }

    /** Its value; zeros when it was dropped. */
    Constant value() {
      return tensor != null && tensor.value() != null
          ? tensor.value()
          : Constant.ofFloats(new float[shape.stream().reduce(1, Math::multiplyExact)]);
    }

    /** The operator that it belongs to. */
    int operator() {
      return uses.get(0).operator();
    }
  }

  /** The parameters of {@code main} that {@code selection} takes, in the graph's order. */
  static List<Parameter> find(Subgraph main, TrainableSelection selection) {
    ParameterSearch search = new ParameterSearch(main);
    if (selection instanceof TrainableSelection.Matching matching) {
      return search.all(/* withSettings= */ true).stream()
          .filter(parameter -> matching.names().matcher(parameter.tensorName()).find())
          .toList();
    }
    if (selection instanceof TrainableSelection.UsedAt used) {
      return search.all(/* withSettings= */ true).stream()
          .filter(parameter -> parameter.uses().stream().anyMatch(used.uses()::contains))
          .toList();
    }
    List<Parameter> all = search.all(/* withSettings= */ false);
    if (selection instanceof TrainableSelection.LastLayers last) {
      TreeSet<Integer> operators = new TreeSet<>(all.stream().map(Parameter::operator).toList());
      while (operators.size() > last.count()) {
        operators.pollFirst();
      }
      return all.stream().filter(p -> operators.contains(p.operator())).toList();
    }
    return all;
  }

  private List<Parameter> all(boolean withSettings) {
    List<Parameter> found = new ArrayList<>();
    Map<List<Integer>, Integer> known = new HashMap<>();
    BitSet behind = new BitSet();
    for (int i = 0; i < main.operators().size(); i++) {
      GraphOperator operator = main.operators().get(i);
      boolean isBehind = operator.inputs().stream().anyMatch(t -> t >= 0 && behind.get(t));
      int before = found.size();
      for (int input : candidates(operator, isBehind, withSettings)) {
        collect(found, known, new Use(i, input));
      }
      if (isBehind || found.size() > before) {
        operator.outputs().forEach(behind::set);
      }
    }
    return found;
  }

  private Set<Integer> candidates(GraphOperator operator, boolean isBehind, boolean withSettings) {
    Set<Integer> candidates = LAYERS.get(operator.code());
    if (candidates != null) {
      return new TreeSet<>(candidates);
    }
    Set<Integer> found = new TreeSet<>();
    if (SUMS_AND_PRODUCTS.contains(operator.code())) {
      for (int input = 0; input < operator.inputs().size(); input++) {
        GraphTensor tensor = main.tensor(operator.inputs().get(input));
        if (withSettings || (isBehind && isByChannel(tensor))) {
          found.add(input);
        }
      }
    }
    return found;
  }

  /** Whether it has several values, all along the last dimension. */
  private static boolean isByChannel(GraphTensor tensor) {
    List<Integer> shape = tensor.shape();
    return !shape.isEmpty()
        && shape.get(shape.size() - 1) > 1
        && tensor.elements() == shape.get(shape.size() - 1);
  }

  private void collect(List<Parameter> found, Map<List<Integer>, Integer> known, Use use) {
    GraphOperator operator = main.operators().get(use.operator());
    boolean isBias = isBias(operator, use.input());
    int position =
        use.input() < operator.inputs().size()
            ? operator.inputs().get(use.input())
            : GraphOperator.LEFT_OUT;
    if (position == GraphOperator.LEFT_OUT) {
      if (isBias && hasFloatWeights(operator)) {
        found.add(dropped(use, operator));
      }
      return;
    }
    GraphTensor tensor = main.tensor(position);
    if (!tensor.isConstant() || tensor.type() != TensorType.FLOAT32) {
      return;
    }
    // Converters store equal biases once, as zeros often are; they train as one only when the
    // weights beside them are the same, too.
    List<Integer> identity =
        isBias ? List.of(position, operator.inputs().get(1)) : List.of(position);
    Integer first = known.putIfAbsent(identity, found.size());
    if (first == null) {
      found.add(new Parameter(tensor.name(), tensor.shape(), List.of(use), tensor));
    } else {
      Parameter tied = found.get(first);
      List<Use> uses = new ArrayList<>(tied.uses());
      uses.add(use);
      found.set(first, new Parameter(tied.tensorName(), tied.shape(), uses, tied.tensor()));
    }
  }

  private static boolean isBias(GraphOperator operator, int input) {
    return operator.code() == Builtin.TRANSPOSE_CONV
        ? input == BIAS_OF_TRANSPOSE_CONV
        : LAYERS.containsKey(operator.code()) && input == BIAS_OF_LAYER;
  }

  /** Next to weights that do not train, a zero bias stays dropped. */
  private boolean hasFloatWeights(GraphOperator operator) {
    GraphTensor weights = main.tensor(operator.inputs().get(1));
    return weights.isConstant() && weights.type() == TensorType.FLOAT32;
  }

  private Parameter dropped(Use use, GraphOperator operator) {
    GraphTensor weights = main.tensor(operator.inputs().get(1));
    int channels =
        operator.code() == Builtin.DEPTHWISE_CONV_2D
            ? weights.shape().get(weights.shape().size() - 1)
            : weights.shape().get(0);
    return new Parameter(weights.name() + "/dropped_bias", List.of(channels), List.of(use), null);
  }
}
