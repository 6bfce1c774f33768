package io.covey.models.runtime;

import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** A graph with a seeded change where kernels are easily led astray. */
final class AlteredGraph {

  private final SplittableRandom random;
  private final List<GraphTensor> tensors;
  private final List<GraphOperator> operators;

  private AlteredGraph(Subgraph subgraph, SplittableRandom random) {
    this.random = random;
    this.tensors = new ArrayList<>(subgraph.tensors());
    this.operators = new ArrayList<>(subgraph.operators());
  }

  /** {@code graph} with one change in one of its subgraphs. */
  static ModelGraph of(ModelGraph graph, SplittableRandom random) {
    int index = random.nextInt(graph.subgraphs().size());
    Subgraph before = graph.subgraphs().get(index);
    AlteredGraph altered = new AlteredGraph(before, random);
    switch (random.nextInt(10)) {
      case 0 -> altered.type();
      case 1 -> altered.shape();
      case 2 -> altered.input();
      case 3, 4 -> altered.settings();
      default -> altered.number();
    }
    List<Subgraph> subgraphs = new ArrayList<>(graph.subgraphs());
    subgraphs.set(
        index,
        new Subgraph(
            before.name(), altered.tensors, before.inputs(), before.outputs(), altered.operators));
    return new ModelGraph(subgraphs, graph.signatures(), graph.description(), graph.metadata());
  }

  private int telling(int before) {
    int[] some = {
      -1,
      0,
      1,
      2,
      -2,
      before + 1,
      before - 1,
      -before,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE,
      1 << random.nextInt(31),
      -(1 << random.nextInt(31)),
      100_000,
      -100_000
    };
    return some[random.nextInt(some.length)];
  }

  private void type() {
    int position = random.nextInt(tensors.size());
    GraphTensor tensor = tensors.get(position);
    TensorType[] types = TensorType.values();
    TensorType type = types[random.nextInt(types.length)];
    tensors.set(position, tensor.quantized(type, tensor.quantization()));
  }

  private void shape() {
    int position = random.nextInt(tensors.size());
    List<Integer> shape = new ArrayList<>(tensors.get(position).shape());
    if (shape.isEmpty() || random.nextInt(3) == 0) {
      shape.add(random.nextInt(shape.size() + 1), 1);
    } else if (random.nextBoolean()) {
      Collections.swap(shape, 0, shape.size() - 1);
    } else {
      int dimension = random.nextInt(shape.size());
      shape.set(dimension, telling(shape.get(dimension)));
    }
    tensors.set(position, tensors.get(position).shaped(shape));
  }

  private void input() {
    int position = random.nextInt(operators.size());
    GraphOperator operator = operators.get(position);
    if (!operator.inputs().isEmpty()) {
      List<Integer> inputs = new ArrayList<>(operator.inputs());
      inputs.set(random.nextInt(inputs.size()), random.nextInt(tensors.size()));
      operators.set(position, operator.between(inputs, operator.outputs()));
    }
  }

  /** Another number in a list of axes, sizes, begins, ... */
  private void number() {
    List<Integer> lists = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      boolean isList = tensors.get(i).isConstant() && tensors.get(i).type() == TensorType.INT32;
      if (isList && tensors.get(i).elements() < 1000) {
        lists.add(i);
      }
    }
    if (!lists.isEmpty()) {
      int position = lists.get(random.nextInt(lists.size()));
      Constant value = tensors.get(position).value();
      int[] numbers = value == null ? new int[1] : value.toInts();
      int changed = random.nextInt(numbers.length);
      numbers[changed] = telling(numbers[changed]);
      tensors.set(position, tensors.get(position).valued(Constant.ofInts(numbers)));
    }
  }

  private void settings() {
    int position = random.nextInt(operators.size());
    GraphOperator operator = operators.get(position);
    OperatorOptions other = operators.get(random.nextInt(operators.size())).options();
    operators.set(position, operator.withOptions(settings(operator.options(), other)));
  }

  private OperatorOptions settings(OperatorOptions before, OperatorOptions other) {
    int number = telling(1);
    Extent extent = new Extent(random.nextBoolean() ? 1 : telling(1), number);
    if (before instanceof OperatorOptions.Conv2D o) {
      return random.nextBoolean()
          ? new OperatorOptions.Conv2D(o.padding(), extent, o.dilation(), o.activation())
          : new OperatorOptions.Conv2D(o.padding(), o.stride(), extent, o.activation());
    } else if (before instanceof OperatorOptions.DepthwiseConv2D o) {
      return new OperatorOptions.DepthwiseConv2D(
          o.padding(), o.stride(), extent, random.nextBoolean() ? 1 : number, o.activation());
    } else if (before instanceof OperatorOptions.TransposeConv o) {
      return new OperatorOptions.TransposeConv(o.padding(), extent, o.activation());
    } else if (before instanceof OperatorOptions.Pool2D o) {
      return random.nextBoolean()
          ? new OperatorOptions.Pool2D(o.padding(), extent, o.window(), o.activation())
          : new OperatorOptions.Pool2D(o.padding(), o.stride(), extent, o.activation());
    } else if (before instanceof OperatorOptions.Concatenation o) {
      return new OperatorOptions.Concatenation(number, o.activation());
    } else if (before instanceof OperatorOptions.Gather o) {
      return new OperatorOptions.Gather(number, random.nextBoolean() ? o.axis() : number);
    } else if (before instanceof OperatorOptions.Pack o) {
      return new OperatorOptions.Pack(random.nextBoolean() ? o.count() : number, number);
    } else if (before instanceof OperatorOptions.Unpack o) {
      return new OperatorOptions.Unpack(random.nextBoolean() ? o.count() : number, number);
    } else if (before instanceof OperatorOptions.OneHot) {
      return new OperatorOptions.OneHot(number);
    } else if (before instanceof OperatorOptions.StridedSlice) {
      return new OperatorOptions.StridedSlice(
          mask(), mask(), seldom(), seldom(), seldom(), random.nextBoolean());
    }
    return other;
  }

  private int mask() {
    return random.nextInt(64);
  }

  private int seldom() {
    return random.nextInt(3) == 0 ? mask() : 0;
  }
}
