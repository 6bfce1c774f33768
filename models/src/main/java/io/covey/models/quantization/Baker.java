package io.covey.models.quantization;

import io.covey.models.graph.Constant;
import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.training.TrainableVariable;
import io.covey.models.training.TrainableVariable.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts trained values into the plain graph, in place of the constants that its variables stand for:
 * a graph that serves at a plain graph's speed, which one that reads variables does not.
 *
 * <p>Thread rule: any thread.
 */
public final class Baker {

  private Baker() {}

  /**
   * Bakes.
   *
   * @param plain the graph that the variables were derived from
   * @param variables as derived
   * @param values of all variables, one after the other
   * @throws ModelException when the variables do not fit the graph, or a value is not finite
   * @throws IllegalArgumentException when there are not as many values as the variables have
   */
  public static ModelGraph bake(
      ModelGraph plain, List<TrainableVariable> variables, float[] values) {
    requireLength(variables, values);
    Subgraph main = DeadOperators.removedFrom(plain.main());
    List<GraphTensor> tensors = new ArrayList<>(main.tensors());
    Map<Use, Integer> baked = new HashMap<>();
    int offset = 0;
    for (TrainableVariable variable : variables) {
      float[] own = Arrays.copyOfRange(values, offset, offset + variable.elements());
      offset += own.length;
      requireFinite(variable, own);
      if (requireFit(main, variable) || !isZero(own)) {
        tensors.add(
            GraphTensor.constant(
                variable.tensorName(),
                TensorType.FLOAT32,
                variable.shape(),
                Constant.ofFloats(own)));
        int position = tensors.size() - 1;
        variable.uses().forEach(use -> baked.put(use, position));
      }
    }
    List<GraphOperator> operators = new ArrayList<>();
    for (int i = 0; i < main.operators().size(); i++) {
      operators.add(replaced(main.operators().get(i), i, baked));
    }
    return plain.withMain(
        DeadOperators.removedFrom(
            new Subgraph(main.name(), tensors, main.inputs(), main.outputs(), operators)));
  }

  private static void requireLength(List<TrainableVariable> variables, float[] values) {
    int length = variables.stream().mapToInt(TrainableVariable::elements).reduce(0, Math::addExact);
    if (length != values.length) {
      throw new IllegalArgumentException(
          values.length + " values are not the " + length + " of the variables");
    }
  }

  private static void requireFinite(TrainableVariable variable, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ModelException(
            Reason.EXECUTION_FAILED,
            "value "
                + i
                + " of '"
                + variable.tensorName()
                + "' is "
                + values[i]
                + "; go back to a version from before the training failed");
      }
    }
  }

  /** Whether the constant is there at all; a bias that was dropped for being zero is not. */
  private static boolean requireFit(Subgraph main, TrainableVariable variable) {
    boolean isThere = false;
    for (Use use : variable.uses()) {
      if (use.operator() >= main.operators().size()) {
        throw unfit(variable);
      }
      List<Integer> inputs = main.operators().get(use.operator()).inputs();
      int position = use.input() < inputs.size() ? inputs.get(use.input()) : -1;
      boolean isLeftOut = position == GraphOperator.LEFT_OUT;
      if (use.input() > inputs.size()
          || (!isLeftOut && !main.tensor(position).shape().equals(variable.shape()))
          || (!isLeftOut && !main.tensor(position).isConstant())) {
        throw unfit(variable);
      }
      isThere |= !isLeftOut;
    }
    return isThere;
  }

  private static ModelException unfit(TrainableVariable variable) {
    return new ModelException(
        Reason.UNSUPPORTED_CONVENTION,
        "the plain model has no parameter '"
            + variable.tensorName()
            + "' of shape "
            + variable.shape()
            + " where the trainable one says; give the plain model that it was derived from");
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static GraphOperator replaced(
      GraphOperator operator, int index, Map<Use, Integer> baked) {
    List<Integer> inputs = new ArrayList<>(operator.inputs());
    for (int i = 0; i <= operator.inputs().size(); i++) {
      Integer position = baked.get(new Use(index, i));
      if (position != null && i < inputs.size()) {
        inputs.set(i, position);
      } else if (position != null) {
        inputs.add(position);
      }
    }
    return operator.between(inputs, operator.outputs());
  }
}
