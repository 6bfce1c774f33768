package io.covey.models.quantization;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph anew, operator by operator, on bytes where {@link Int8Rule} has a rule and all
 * scales are known, and on floats elsewhere. A tensor has either form or both; the other is written
 * when it is first asked for.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class FullInteger {

  private static final int WEIGHTS = 1;

  private final Subgraph main;
  private final ScalePlan plan;
  private final SubgraphBuilder builder;

  /** Positions of tensors as bytes of the scales planned, by their positions in {@code main}. */
  private final Map<Integer, Integer> bytes = new HashMap<>();

  /** Positions of tensors as bytes of other scales than those planned. */
  private final Map<Rescaled, Integer> rescaled = new HashMap<>();

  /** Tensors whose float form, which stands where it stood, is written. */
  private final Set<Integer> floats = new HashSet<>();

  private record Rescaled(int tensor, Quantization quantization) {}

  FullInteger(Subgraph main, CalibrationRanges ranges) {
    this.main = main;
    this.plan = new ScalePlan(main, ranges);
    this.builder = new SubgraphBuilder(main.name());
    main.tensors().forEach(builder::add);
    floats.addAll(main.inputs());
  }

  Subgraph quantize() {
    for (int i = 0; i < main.operators().size(); i++) {
      GraphOperator operator = main.operators().get(i);
      Int8Rule rule = Int8Rule.of(operator.code());
      Quantization common = plan.common(i);
      boolean isAgreed = rule == null || rule.kind() != Int8Rule.Kind.SAME_SCALE || common != null;
      if (rule != null && isAgreed && applies(operator, rule)) {
        onBytes(operator, rule, common);
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
    List<Integer> inputs = floatsOf(operator.inputs());
    if (rule.kind() == Int8Rule.Kind.SHAPE_ONLY) {
      return inputs.stream().anyMatch(bytes::containsKey);
    }
    if (inputs.isEmpty() || !floatsOf(operator.outputs()).stream().allMatch(this::hasScale)) {
      return false;
    }
    if (rule.kind() == Int8Rule.Kind.WEIGHTED) {
      int data = operator.inputs().get(data(operator));
      return inputs.contains(data)
          && hasScale(data)
          && inputs.stream().allMatch(input -> input == data || main.tensor(input).isConstant())
          && fits(operator, List.of(data, operator.inputs().get(WEIGHTS)));
    }
    return inputs.stream().allMatch(input -> isFinite(input) || hasScale(input))
        && fits(operator, inputs);
  }

  private boolean fits(GraphOperator operator, List<Integer> inputs) {
    return KernelBounds.allow(
        operator.code(),
        inputs.stream().map(this::scaleToBe).toList(),
        floatsOf(operator.outputs()).stream().map(this::requireScale).toList());
  }

  /** The scale that {@link #requireBytes} gives a tensor. */
  private Quantization scaleToBe(int tensor) {
    GraphTensor read = main.tensor(tensor);
    return read.isConstant() ? ByteWeights.scaleOf(read) : requireScale(tensor);
  }

  private boolean hasScale(int tensor) {
    return plan.of(tensor) != null;
  }

  /** Whether a tensor is a constant of finite numbers. */
  private boolean isFinite(int tensor) {
    Constant value = main.tensor(tensor).value();
    return value != null && ByteWeights.areFinite(value.floats());
  }

  /** Which input holds the values that go through an operator with weights. */
  private static int data(GraphOperator operator) {
    return operator.code() == Builtin.TRANSPOSE_CONV ? 2 : 0;
  }

  private boolean isFloat(int tensor) {
    return tensor != GraphOperator.LEFT_OUT && main.tensor(tensor).type() == TensorType.FLOAT32;
  }

  private List<Integer> floatsOf(List<Integer> tensors) {
    return tensors.stream().filter(this::isFloat).toList();
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

  private void onBytes(GraphOperator operator, Int8Rule rule, @Nullable Quantization common) {
    List<Integer> inputs =
        rule.kind() == Int8Rule.Kind.WEIGHTED ? weighted(operator) : each(operator, common);
    List<Integer> outputs = new ArrayList<>();
    Map<Integer, Integer> written = new LinkedHashMap<>();
    for (int output : operator.outputs()) {
      int position = output;
      if (isFloat(output)) {
        Quantization given = rule.fixed() == null ? common : rule.fixed();
        Quantization scale = given == null ? requireScale(output) : given;
        position = builder.add(builder.tensor(output).quantized(TensorType.INT8, scale));
        written.put(output, position);
      }
      outputs.add(position);
    }
    builder.add(
        operator.between(inputs, outputs).atVersion(Math.max(operator.version(), rule.version())));
    written.forEach((output, position) -> bytes.put(output, asPlanned(output, position)));
  }

  /** A result as bytes of the scale that all its readers expect. */
  private int asPlanned(int tensor, int position) {
    Quantization planned = requireScale(tensor);
    return scale(position).equals(planned) ? position : quantized(position, planned);
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
      float inputScale = scale(inputs.get(data)).scales().get(0);
      List<Float> scales = scale(inputs.get(WEIGHTS)).scales();
      inputs.set(
          bias, builder.add(ByteWeights.bias(main.tensor(inputs.get(bias)), inputScale, scales)));
    }
    return inputs;
  }

  private List<Integer> each(GraphOperator operator, @Nullable Quantization common) {
    List<Integer> inputs = new ArrayList<>();
    for (int input : operator.inputs()) {
      boolean isSlope = operator.code() == Builtin.PRELU && !inputs.isEmpty();
      if (!isFloat(input)) {
        inputs.add(input);
      } else if (isSlope && main.tensor(input).isConstant()) {
        inputs.add(builder.add(ByteWeights.symmetric(main.tensor(input))));
      } else {
        inputs.add(common == null ? requireBytes(input) : bytesAt(input, common));
      }
    }
    return inputs;
  }

  /** A tensor as bytes of the scale given, which may not be the one planned. */
  private int bytesAt(int tensor, Quantization wanted) {
    Integer known = rescaled.get(new Rescaled(tensor, wanted));
    if (known != null) {
      return known;
    }
    int position;
    if (main.tensor(tensor).isConstant()) {
      position = builder.add(ByteWeights.perTensor(main.tensor(tensor), wanted));
    } else if (!bytes.containsKey(tensor) && !plan.isPlanned(tensor)) {
      position = quantized(tensor, wanted);
    } else {
      int own = requireBytes(tensor);
      position = scale(own).equals(wanted) ? own : quantized(own, wanted);
    }
    rescaled.put(new Rescaled(tensor, wanted), position);
    return position;
  }

  /** A tensor as bytes of the scale planned; of a constant, of its own range. */
  private int requireBytes(int tensor) {
    Integer known = bytes.get(tensor);
    if (known != null) {
      return known;
    }
    int position =
        main.tensor(tensor).isConstant()
            ? builder.add(ByteWeights.perTensor(main.tensor(tensor)))
            : quantized(tensor, requireScale(tensor));
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

  private Quantization scale(int position) {
    Quantization quantization = builder.tensor(position).quantization();
    if (quantization == null) {
      throw new IllegalStateException("'" + builder.tensor(position).name() + "' has no scale");
    }
    return quantization;
  }

  private Quantization requireScale(int tensor) {
    Quantization scale = plan.of(tensor);
    if (scale == null) {
      throw new IllegalStateException("'" + main.tensor(tensor).name() + "' has no range");
    }
    return scale;
  }
}
