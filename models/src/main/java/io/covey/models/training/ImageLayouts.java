package io.covey.models.training;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.shape.Shapes;
import io.covey.models.training.channelfirst.Convolution;
import io.covey.models.training.channelfirst.ConvolutionSearch;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.gradient.ForwardStep;
import io.covey.models.training.gradient.OperatorStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the plain graph's tensors stand in the graph that is written: as the plain graph has them,
 * and for images also channel by channel. Either is written from the other when it is first asked
 * for.
 *
 * <p>Thread rule: one thread.
 */
final class ImageLayouts {

  /** These give the same element by element in whatever order the elements lie. */
  private static final Set<Builtin> ELEMENTWISE =
      Set.of(
          Builtin.ADD,
          Builtin.SUB,
          Builtin.MUL,
          Builtin.RELU,
          Builtin.RELU6,
          Builtin.HARD_SWISH,
          Builtin.LOGISTIC,
          Builtin.TANH,
          Builtin.ELU,
          Builtin.LEAKY_RELU);

  private final Emitter emit;
  private final Subgraph plain;
  private final List<ForwardStep> steps;
  private final Map<Integer, Integer> asPlain = new HashMap<>();
  private final Map<Integer, Integer> byChannel = new HashMap<>();

  /**
   * Of the tensors of {@code plain}.
   *
   * @param steps takes what is written to get from one layout to the other
   */
  ImageLayouts(Emitter emit, Subgraph plain, List<ForwardStep> steps) {
    this.emit = emit;
    this.plain = plain;
    this.steps = steps;
  }

  /** Says where a plain tensor stands, as it is. */
  void define(int tensor, int position) {
    asPlain.put(tensor, position);
  }

  /** Where a plain tensor stands, as it is. */
  int position(int tensor) {
    Integer known = asPlain.get(tensor);
    if (known != null) {
      return known;
    }
    Integer channels = byChannel.get(tensor);
    int position =
        channels == null
            ? emit.graph().add(plain.tensor(tensor))
            : moved(channels, plain.tensor(tensor).shape(), 1, 2, 3, 0);
    asPlain.put(tensor, position);
    return position;
  }

  /** Where an image stands, channel by channel. */
  private int channels(int tensor) {
    Integer known = byChannel.get(tensor);
    if (known != null) {
      return known;
    }
    List<Integer> shape = plain.tensor(tensor).shape();
    List<Integer> wanted = List.of(shape.get(3), shape.get(0), shape.get(1), shape.get(2));
    int position = moved(position(tensor), wanted, 3, 0, 1, 2);
    byChannel.put(tensor, position);
    return position;
  }

  /** With one channel, both layouts have the elements in the same order. */
  private int moved(int from, List<Integer> shape, int... permutation) {
    int before = emit.graph().operatorCount();
    boolean isOneChannel = shape.get(permutation[0] == 3 ? 0 : 3) == 1;
    int moved =
        isOneChannel && Shapes.isSettled(shape)
            ? emit.reshape(from, shape)
            : emit.transpose(from, permutation);
    record(before, 0);
    return moved;
  }

  /** Makes steps of the operators that were written since there were {@code before}. */
  private void record(int before, int index) {
    for (GraphOperator operator : emit.graph().operatorsFrom(before)) {
      steps.add(new OperatorStep(operator, index));
    }
  }

  /**
   * Writes a convolution of one by one, which is a matrix product as images lie: {@code [n*h*w,
   * in]} with {@code [out, in]^T}.
   */
  void multiply(int index, ConvolutionSearch.Found found, int filter, int bias) {
    int image = position(found.image());
    int before = emit.graph().operatorCount();
    List<Integer> sizes = emit.shape(filter);
    int pixels = emit.reshape(image, List.of(GraphTensor.ANY, sizes.get(3)));
    int matrix = emit.reshape(filter, List.of(sizes.get(0), sizes.get(3)));
    int product = emit.matrixProduct(pixels, false, matrix, true);
    int active =
        emit.float32(
            Builtin.ADD,
            emit.shape(product),
            Arithmetic.of(ArithmeticKind.ADD, found.options().activation()),
            product,
            bias);
    define(found.result(), emit.reshape(active, plain.tensor(found.result()).shape()));
    record(before, index);
  }

  /** Writes a convolution by channels. */
  void convolve(ConvolutionSearch.Found found, int filter, int bias) {
    Convolution.Operands operands = new Convolution.Operands(channels(found.image()), filter, bias);
    Convolution convolution =
        Convolution.write(emit, operands, found.options(), found.geometry(), found.isPooled());
    byChannel.put(found.result(), convolution.output());
    steps.add(convolution);
  }

  /**
   * Writes the operator at {@code index} channel by channel, when all that it takes lies so already
   * and the order of elements does not matter to it.
   *
   * @return whether it did
   */
  boolean keeps(int index) {
    GraphOperator operator = plain.operators().get(index);
    int result = operator.outputs().isEmpty() ? -1 : operator.outputs().get(0);
    if (!ELEMENTWISE.contains(operator.code())) {
      return false;
    }
    List<Integer> shape = plain.tensor(result).shape();
    for (int input : operator.inputs()) {
      if (!byChannel.containsKey(input) || !plain.tensor(input).shape().equals(shape)) {
        return false;
      }
    }
    List<Integer> inputs = operator.inputs().stream().map(byChannel::get).toList();
    int output =
        emit.graph()
            .add(
                GraphTensor.computed(
                    plain.tensor(result).name(), TensorType.FLOAT32, emit.shape(inputs.get(0))));
    GraphOperator copy = operator.between(inputs, List.of(output));
    emit.graph().add(copy);
    steps.add(new OperatorStep(copy, index));
    byChannel.put(result, output);
    return true;
  }
}
