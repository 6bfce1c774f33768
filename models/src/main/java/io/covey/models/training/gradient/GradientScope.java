package io.covey.models.training.gradient;

import io.covey.models.graph.Activation;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.WindowEmitter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One use of an operator, as its {@link OperatorGradient} sees it: what it took and gave, the
 * gradient of what it gave, and where to put the gradients of what it took.
 */
public final class GradientScope {

  private final Emitter emit;
  private final GraphOperator operator;
  private final int position;
  private final Gradients gradients;
  private final Map<Integer, Integer> afterActivation = new HashMap<>();

  GradientScope(Emitter emit, GraphOperator operator, int position, Gradients gradients) {
    this.emit = emit;
    this.operator = operator;
    this.position = position;
    this.gradients = gradients;
  }

  /** Writes operators. */
  public Emitter emit() {
    return emit;
  }

  /** Writes operators that slide windows. */
  public WindowEmitter windows() {
    return new WindowEmitter(emit);
  }

  /** The operator's settings. */
  public <T extends OperatorOptions> T options(Class<T> kind) {
    return operator.options(kind);
  }

  /** The operator. */
  public GraphOperator operator() {
    return operator;
  }

  /** How many inputs it was given, optional ones at the end left out. */
  public int inputs() {
    return operator.inputs().size();
  }

  /** Whether the optional input is there. */
  public boolean has(int index) {
    return index < operator.inputs().size()
        && operator.inputs().get(index) != GraphOperator.LEFT_OUT;
  }

  /** The position of what it took. */
  public int input(int index) {
    return operator.inputs().get(index);
  }

  /** The shape of what it took. */
  public List<Integer> inputShape(int index) {
    return emit.shape(input(index));
  }

  /** The position of its only or first result. */
  public int output() {
    return output(0);
  }

  /** The position of a result. */
  public int output(int index) {
    return operator.outputs().get(index);
  }

  /** The shape of its only or first result. */
  public List<Integer> outputShape() {
    return emit.shape(output());
  }

  /** Whether the loss depends on this input, so that its gradient is wanted. */
  public boolean wants(int index) {
    return has(index) && gradients.wants(input(index));
  }

  /** The gradient of the only or first result. */
  public int gradient() {
    return gradient(0);
  }

  /** The gradient of a result; zeros when the loss does not depend on it. */
  public int gradient(int index) {
    Integer known = gradients.of(output(index));
    return known != null ? known : emit.fillLike(output(index), 0f);
  }

  /**
   * The gradient of the only result before the operator's own activation.
   *
   * @throws io.covey.models.graph.ModelException when the activation has no gradient
   */
  public int gradientBefore(Activation activation) {
    return afterActivation.computeIfAbsent(
        output(), y -> ActivationGradients.before(this, activation));
  }

  /** Adds to the gradient of an input, if it is wanted. Must have the input's shape. */
  public void give(int index, int gradient) {
    if (wants(index)) {
      gradients.add(emit, input(index), gradient);
    }
  }

  /** The INT32 values of a constant input, or null when it is computed. */
  public int @Nullable [] constantInts(int index) {
    GraphTensor tensor = emit.tensor(input(index));
    if (tensor.isEmpty()) {
      return new int[0];
    }
    boolean known = tensor.value() != null && tensor.type() == TensorType.INT32;
    return known && tensor.value() != null ? tensor.value().toInts() : null;
  }

  /**
   * The INT32 values of an input that this rule needs to know.
   *
   * @throws io.covey.models.graph.ModelException when it is computed
   */
  public int[] requireInts(int index) {
    int[] values = constantInts(index);
    if (values == null) {
      throw unsupported("its input " + index + " is not a constant list of INT32 numbers");
    }
    return values;
  }

  /**
   * Checks that the sizes of an input's dimensions from {@code first} on do not depend on the call.
   *
   * @throws io.covey.models.graph.ModelException when they do
   */
  public void requireKnown(int index, int first) {
    List<Integer> shape = inputShape(index);
    if (shape.subList(Math.min(first, shape.size()), shape.size()).contains(GraphTensor.ANY)) {
      throw unsupported(
          "its input "
              + index
              + " has the shape "
              + shape.toString().replace("-1", "?")
              + ", of which only the first size may be chosen by each call");
    }
  }

  /** A refusal of this use of the operator, for the reason given. */
  public UnsupportedGradientException unsupported(String why) {
    return new UnsupportedGradientException(position, why);
  }
}
