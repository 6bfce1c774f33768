package io.covey.models.quantization;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph anew, operator by operator, on bytes where {@link Int8Rule} has a rule and all
 * ranges are known, and on floats elsewhere. A tensor has either form or both; the other is written
 * when it is first asked for.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class FullInteger {

  private static final int WEIGHTS = 1;

  private final Subgraph main;
  private final CalibrationRanges ranges;
  private final SubgraphBuilder builder;

  /** Positions of tensors as bytes, by their positions in {@code main}. */
  private final Map<Integer, Integer> bytes = new HashMap<>();

  /** Tensors whose float form, which stands where it stood, is written. */
  private final Set<Integer> floats = new HashSet<>();

  FullInteger(Subgraph main, CalibrationRanges ranges) {
    this.main = main;
    this.ranges = ranges;
    this.builder = new SubgraphBuilder(main.name());
    main.tensors().forEach(builder::add);
    floats.addAll(main.inputs());
  }

  Subgraph quantize() {
    for (GraphOperator operator : main.operators()) {
      Int8Rule rule = Int8Rule.of(operator.code());
      if (rule != null && applies(operator, rule)) {
        onBytes(operator, rule);
      } else {
        onFloats(operator);
      }
    }
    main.outputs().forEach(this::requireFloats);
    return new Subgraph(
        main.name(),
        builder.build().tensors(),
        main.inputs(),
        main.outputs(),
        builder.operatorsFrom(0));
  }

  /** Whether all that the rule needs is known. */
  private boolean applies(GraphOperator operator, Int8Rule rule) {
    int data = data(operator);
    if (!isFloat(operator.inputs().get(data))) {
      return false;
    }
    boolean isKnown =
        operator.outputs().stream()
            .allMatch(output -> isFloat(output) && ranges.of(output) != null);
    for (int i = 0; i < operator.inputs().size(); i++) {
      int input = operator.inputs().get(i);
      if (input == GraphOperator.LEFT_OUT || !isFloat(input)) {
        continue;
      }
      boolean isConstant = main.tensor(input).isConstant();
      isKnown &= isConstant || ranges.of(input) != null || bytes.containsKey(input);
      boolean isLearned = rule.kind() == Int8Rule.Kind.WEIGHTED && i != data;
      isKnown &= !isLearned || isConstant;
    }
    return isKnown;
  }

  /** Which input holds the values that go through. */
  private static int data(GraphOperator operator) {
    return switch (operator.code()) {
      case TRANSPOSE_CONV -> 2;
      case SPLIT -> 1;
      default -> 0;
    };
  }

  private boolean isFloat(int tensor) {
    return main.tensor(tensor).type() == TensorType.FLOAT32;
  }

  private void onFloats(GraphOperator operator) {
    operator.inputs().stream().filter(input -> input >= 0).forEach(this::requireFloats);
    builder.add(operator);
    floats.addAll(operator.outputs());
  }

  private void requireFloats(int tensor) {
    Integer position = bytes.get(tensor);
    if (position != null && floats.add(tensor)) {
      builder.add(
          GraphOperator.of(
                  Builtin.DEQUANTIZE, List.of(position), List.of(tensor), OperatorOptions.none())
              .atVersion(2));
    }
  }

  private void onBytes(GraphOperator operator, Int8Rule rule) {
    List<Integer> inputs =
        switch (rule.kind()) {
          case WEIGHTED -> weighted(operator);
          case OWN_RANGE, SAME_SCALE -> each(operator);
          case JOINED -> joined(operator, requireRange(operator.outputs().get(0)).asymmetric());
        };
    List<Integer> outputs = new ArrayList<>();
    for (int output : operator.outputs()) {
      Quantization quantization = result(operator, rule, output);
      int position = builder.add(builder.tensor(output).quantized(TensorType.INT8, quantization));
      bytes.put(output, position);
      outputs.add(position);
    }
    builder.add(
        operator.between(inputs, outputs).atVersion(Math.max(operator.version(), rule.version())));
  }

  private Quantization result(GraphOperator operator, Int8Rule rule, int output) {
    Quantization fixed = rule.fixed();
    if (fixed != null) {
      return fixed;
    }
    return rule.kind() == Int8Rule.Kind.SAME_SCALE
        ? scaleOf(operator.inputs().get(data(operator)))
        : requireRange(output).asymmetric();
  }

  private List<Integer> weighted(GraphOperator operator) {
    int data = data(operator);
    int bias = data == 0 ? 2 : 3;
    int axis = operator.code() == Builtin.DEPTHWISE_CONV_2D ? 3 : 0;
    List<Integer> inputs = new ArrayList<>(operator.inputs());
    inputs.set(data, requireBytes(operator.inputs().get(data)));
    GraphTensor weights = ByteWeights.byChannel(main.tensor(operator.inputs().get(WEIGHTS)), axis);
    inputs.set(WEIGHTS, builder.add(weights));
    if (bias < inputs.size() && inputs.get(bias) != GraphOperator.LEFT_OUT) {
      float inputScale = scaleOf(operator.inputs().get(data)).scales().get(0);
      List<Float> scales = quantization(weights).scales();
      inputs.set(
          bias, builder.add(ByteWeights.bias(main.tensor(inputs.get(bias)), inputScale, scales)));
    }
    return inputs;
  }

  private List<Integer> each(GraphOperator operator) {
    return operator.inputs().stream()
        .map(input -> input >= 0 && isFloat(input) ? requireBytes(input) : input)
        .toList();
  }

  private List<Integer> joined(GraphOperator operator, Quantization common) {
    List<Integer> inputs = new ArrayList<>();
    for (int input : operator.inputs()) {
      inputs.add(isFloat(input) ? bytesAt(input, common) : input);
    }
    return inputs;
  }

  /** A tensor as bytes of the scale given, which may not be its own. */
  private int bytesAt(int tensor, Quantization wanted) {
    if (main.tensor(tensor).isConstant()) {
      return builder.add(ByteWeights.perTensor(main.tensor(tensor), wanted));
    }
    int own = requireBytes(tensor);
    return scaleOf(tensor).equals(wanted) ? own : quantized(own, wanted);
  }

  /** A tensor as bytes of its own scale. */
  private int requireBytes(int tensor) {
    Integer known = bytes.get(tensor);
    if (known != null) {
      return known;
    }
    int position =
        main.tensor(tensor).isConstant()
            ? builder.add(ByteWeights.perTensor(main.tensor(tensor)))
            : quantized(tensor, requireRange(tensor).asymmetric());
    bytes.put(tensor, position);
    return position;
  }

  private int quantized(int position, Quantization wanted) {
    boolean isAgain = builder.tensor(position).type() == TensorType.INT8;
    int result = builder.add(builder.tensor(position).quantized(TensorType.INT8, wanted));
    builder.add(
        GraphOperator.of(
                Builtin.QUANTIZE, List.of(position), List.of(result), OperatorOptions.none())
            .atVersion(isAgain ? 2 : 1));
    return result;
  }

  private Quantization scaleOf(int tensor) {
    return quantization(builder.tensor(requireBytes(tensor)));
  }

  private static Quantization quantization(GraphTensor tensor) {
    Quantization quantization = tensor.quantization();
    if (quantization == null) {
      throw new IllegalStateException("'" + tensor.name() + "' has no scale");
    }
    return quantization;
  }

  private ValueRange requireRange(int tensor) {
    @Nullable ValueRange range = ranges.of(tensor);
    if (range == null) {
      throw new IllegalStateException("'" + main.tensor(tensor).name() + "' has no range");
    }
    return range;
  }
}
