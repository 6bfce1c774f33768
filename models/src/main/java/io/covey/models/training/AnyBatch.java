package io.covey.models.training;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Squeeze;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import io.covey.models.shape.ShapeInference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A plain graph's main subgraph with the true shape of every tensor, whatever its file says, in
 * which the sizes that follow the batch are known to do so.
 *
 * <p>A graph that was exported for one batch size is opened: where a RESHAPE holds that size as the
 * first of a constant shape, it is left to be worked out.
 */
final class AnyBatch {

  /** Two sizes, neither of which is likely to be a size inside the model by chance. */
  private static final int FIRST_PROBE = 2;

  private static final int SECOND_PROBE = 3;

  private final PlainPositions positions;

  private AnyBatch(PlainPositions positions) {
    this.positions = positions;
  }

  /**
   * Opens {@code plain}; where an operator inside insists on the one size that it was exported for,
   * that size stays.
   *
   * @param plain one that {@link ModelGraph#check} accepts
   * @param positions where the operators that are not dead stand in it
   * @throws ModelException when it has other than one input with a batch, or its operators do not
   *     fit each other
   */
  static Subgraph of(ModelGraph plain, PlainPositions positions) {
    return new AnyBatch(positions).open(DeadOperators.removedFrom(plain.main()));
  }

  private Subgraph open(Subgraph main) {
    GraphTensor input = requireOneInput(main);
    if (input.shape().get(0) == GraphTensor.ANY) {
      return probed(main);
    }
    try {
      Subgraph open = probed(reopened(main, input));
      if (open.tensor(open.outputs().get(0)).shape().contains(GraphTensor.ANY)) {
        return open;
      }
    } catch (ModelException e) {
      // An operator inside insists on the one size, which it then has to be.
    }
    return shaped(main, shapes(main, FIRST_PROBE));
  }

  private List<List<Integer>> shapes(Subgraph main, int batch) {
    List<Integer> input =
        main.tensor(main.inputs().get(0)).shape().stream()
            .map(size -> size == GraphTensor.ANY ? batch : size)
            .toList();
    return ShapeInference.shapes(main, List.of(input), positions::inPlain);
  }

  private Subgraph probed(Subgraph main) {
    List<List<Integer>> first = shapes(main, FIRST_PROBE);
    List<List<Integer>> second = shapes(main, SECOND_PROBE);
    List<List<Integer>> merged = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      merged.add(merged(first.get(i), second.get(i)));
    }
    return shaped(settled(main, merged), merged);
  }

  /**
   * SQUEEZE without dimensions drops all of size 1, the batch of one example among them; so it is
   * told which it drops for others.
   */
  private static Subgraph settled(Subgraph main, List<List<Integer>> shapes) {
    List<GraphOperator> operators = new ArrayList<>();
    for (GraphOperator operator : main.operators()) {
      boolean dropsAll =
          operator.code() == Builtin.SQUEEZE
              && !(operator.options() instanceof Squeeze squeeze
                  && !squeeze.dimensions().isEmpty());
      List<Integer> shape = dropsAll ? shapes.get(operator.inputs().get(0)) : List.of();
      List<Integer> ones =
          IntStream.range(0, shape.size()).filter(i -> shape.get(i) == 1).boxed().toList();
      operators.add(ones.isEmpty() ? operator : operator.withOptions(new Squeeze(ones)));
    }
    return new Subgraph(main.name(), main.tensors(), main.inputs(), main.outputs(), operators);
  }

  private static Subgraph shaped(Subgraph main, List<List<Integer>> shapes) {
    List<GraphTensor> tensors = new ArrayList<>();
    for (int i = 0; i < main.tensors().size(); i++) {
      GraphTensor tensor = main.tensor(i);
      tensors.add(tensor.isConstant() || tensor.isEmpty() ? tensor : tensor.shaped(shapes.get(i)));
    }
    return new Subgraph(main.name(), tensors, main.inputs(), main.outputs(), main.operators());
  }

  private static List<Integer> merged(List<Integer> first, List<Integer> second) {
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      shape.add(first.get(i).equals(second.get(i)) ? first.get(i) : (Integer) GraphTensor.ANY);
    }
    return shape;
  }

  private static GraphTensor requireOneInput(Subgraph main) {
    if (main.inputs().size() != 1 || main.outputs().size() != 1) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the model takes "
              + main.inputs().size()
              + " tensors and gives "
              + main.outputs().size()
              + "; training needs one input, the examples, and one output, the scores; export the"
              + " model so");
    }
    GraphTensor input = main.tensor(main.inputs().get(0));
    if (input.shape().isEmpty()) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the model's input '" + input.name() + "' is a scalar, which has no batch of examples");
    }
    return input;
  }

  private static Subgraph reopened(Subgraph main, GraphTensor input) {
    int batch = input.shape().get(0);
    SubgraphBuilder builder = new SubgraphBuilder(main.name());
    main.tensors().forEach(builder::add);
    List<Integer> open = new ArrayList<>(input.shape());
    open.set(0, GraphTensor.ANY);
    builder.replace(main.inputs().get(0), input.shaped(open));
    List<GraphOperator> operators =
        main.operators().stream().map(operator -> opened(operator, builder, batch)).toList();
    List<GraphTensor> tensors = builder.build().tensors();
    return new Subgraph(main.name(), tensors, main.inputs(), main.outputs(), operators);
  }

  private static GraphOperator opened(GraphOperator operator, SubgraphBuilder builder, int batch) {
    if (operator.code() != Builtin.RESHAPE || operator.inputs().size() < 2) {
      return operator;
    }
    GraphTensor shape = builder.tensor(operator.inputs().get(1));
    Constant value = shape.value();
    if (value == null || shape.type() != TensorType.INT32) {
      return operator;
    }
    int[] sizes = value.toInts();
    boolean isOpen = Arrays.stream(sizes).anyMatch(size -> size == GraphTensor.ANY);
    if (sizes.length == 0 || sizes[0] != batch || isOpen) {
      return operator;
    }
    sizes[0] = GraphTensor.ANY;
    int position = builder.add(shape.valued(Constant.ofInts(sizes)));
    return operator
        .between(List.of(operator.inputs().get(0), position), operator.outputs())
        .withOptions(OperatorOptions.none());
  }
}
