package io.covey.models.training.interpreter;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import io.covey.models.training.TrainableVariable.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A small plain graph in the making, with seeded values. Tensors are positions. */
public final class GraphSketch {

  private static final int PROBE = 2;

  private final SubgraphBuilder builder = new SubgraphBuilder("main");
  private final Set<Integer> weights = new HashSet<>();
  private final List<Use> uses = new ArrayList<>();
  private final Random random;
  private final List<Integer> example;
  private final int x;
  private float low = -2;
  private float high = 2;

  /**
   * A graph over examples of a shape.
   *
   * @param batch its size, or {@link GraphTensor#ANY}
   */
  public GraphSketch(int batch, long seed, List<Integer> example) {
    this.random = new Random(seed);
    this.example = List.copyOf(example);
    this.x = builder.addInput(GraphTensor.computed("x", TensorType.FLOAT32, batched(batch)));
  }

  private List<Integer> batched(int batch) {
    List<Integer> shape = new ArrayList<>(example);
    shape.add(0, batch);
    return shape;
  }

  /** Examples will have values in this range. */
  public GraphSketch range(float newLow, float newHigh) {
    this.low = newLow;
    this.high = newHigh;
    return this;
  }

  /** The examples. */
  public int x() {
    return x;
  }

  /** The examples plus variables, so that an operator's gradient for what it takes shows. */
  public int shifted() {
    List<Integer> shape = batched(1);
    return op(Builtin.ADD, Arithmetic.of(ArithmeticKind.ADD), x, weights(0, 0.3f, shape));
  }

  /** Variables with values in -1..1. */
  public int weights(Integer... shape) {
    return weights(-1, 1, List.of(shape));
  }

  /** Variables with values in a range. */
  public int weights(float from, float to, List<Integer> shape) {
    int position = constant(from, to, shape);
    weights.add(position);
    return position;
  }

  /** A constant that does not train, with values in a range. */
  public int constant(float from, float to, List<Integer> shape) {
    float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = from + (to - from) * random.nextFloat();
    }
    return builder.add(
        GraphTensor.constant(
            "constant" + builder.size(), TensorType.FLOAT32, shape, Constant.ofFloats(values)));
  }

  /** A list of numbers. */
  public int ints(int... values) {
    return ints(List.of(values.length), values);
  }

  /** Numbers of a shape. */
  public int ints(List<Integer> shape, int... values) {
    return builder.add(
        GraphTensor.constant(
            "numbers" + builder.size(), TensorType.INT32, shape, Constant.ofInts(values)));
  }

  /** An operator without settings. */
  public int op(Builtin code, int... inputs) {
    return op(code, OperatorOptions.none(), inputs);
  }

  /** An operator with one FLOAT32 result. */
  public int op(Builtin code, OperatorOptions options, int... inputs) {
    return op(code, TensorType.FLOAT32, options, inputs);
  }

  /** An operator with one result, whose shape the runtime works out. */
  public int op(Builtin code, TensorType type, OperatorOptions options, int... inputs) {
    return ops(code, 1, type, options, inputs).get(0);
  }

  /** An operator with several results. */
  public List<Integer> ops(
      Builtin code, int results, TensorType type, OperatorOptions options, int... inputs) {
    List<Integer> outputs = new ArrayList<>();
    for (int i = 0; i < results; i++) {
      String name = code.name() + builder.size();
      outputs.add(builder.add(GraphTensor.computed(name, type, List.of(GraphTensor.ANY))));
    }
    for (int i = 0; i < inputs.length; i++) {
      if (weights.contains(inputs[i])) {
        uses.add(new Use(builder.operatorCount(), i));
      }
    }
    List<Integer> read = Arrays.stream(inputs).boxed().toList();
    // Its first version was never a builtin operator of the runtime.
    int version = code == Builtin.BROADCAST_TO ? 2 : 1;
    builder.add(GraphOperator.of(code, read, outputs, options).atVersion(version));
    return outputs;
  }

  /** The largest values of each row, in order. */
  public int largest(int from, int count) {
    int values =
        builder.add(
            GraphTensor.computed(
                "largest" + builder.size(), TensorType.FLOAT32, List.of(GraphTensor.ANY)));
    int places =
        builder.add(
            GraphTensor.computed(
                "places" + builder.size(), TensorType.INT32, List.of(GraphTensor.ANY)));
    builder.add(
        GraphOperator.of(
            Builtin.TOPK_V2,
            List.of(from, ints(List.of(), count)),
            List.of(values, places),
            OperatorOptions.none()));
    return values;
  }

  /** A sum of two. */
  public int add(int a, int b) {
    return op(Builtin.ADD, Arithmetic.of(ArithmeticKind.ADD), a, b);
  }

  /** A dense layer. */
  public int dense(int from, int outputs, int inputs, Activation activation) {
    return op(
        Builtin.FULLY_CONNECTED,
        new OperatorOptions.FullyConnected(activation, false, false, false),
        from,
        weights(outputs, inputs),
        weights(outputs));
  }

  /** The shape of a tensor in a batch of two. */
  public List<Integer> shapeOf(int tensor) {
    return reference(tensor).run(examples(PROBE), Map.of()).shape();
  }

  private ReferenceInterpreter reference(int output) {
    SubgraphBuilder copy = SubgraphBuilder.copyOf(builder.build(), "probe");
    copy.addOutput(output);
    return new ReferenceInterpreter(copy.build());
  }

  /** {@code [n, ...]} as {@code [n, values]}. */
  public int flat(int tensor) {
    int values = shapeOf(tensor).stream().reduce(1, Math::multiplyExact) / PROBE;
    int[] shape = {GraphTensor.ANY, values};
    return op(
        Builtin.RESHAPE,
        new OperatorOptions.Reshape(List.of(shape[0], values)),
        tensor,
        ints(shape));
  }

  /** Seeded examples. */
  public Array64 examples(int batch) {
    Random own = new Random(batch);
    List<Integer> shape = batched(batch);
    float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (high - low) * own.nextFloat();
    }
    return Array64.ofFloats(shape, values);
  }

  /** The operators so far. */
  public List<GraphOperator> operators() {
    return builder.operatorsFrom(0);
  }

  /** Where variables are used. */
  public List<Use> uses() {
    return List.copyOf(uses);
  }

  /** The graph that gives {@code output}. */
  public ModelGraph giving(int output) {
    builder.addOutput(output);
    return new ModelGraph(List.of(builder.build()), List.of(), "", List.of());
  }
}
