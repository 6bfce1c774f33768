package io.covey.models.training.emit;

import static io.covey.models.graph.GraphTensor.ANY;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import io.covey.models.shape.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes operators behind those of a graph, each with the shape that it gives. Tensors are handed
 * around as positions in the graph.
 *
 * <p>Here are constants, elementwise operators, reductions and what changes only the shape; {@link
 * WindowEmitter} has what slides windows.
 *
 * <p>Thread rule: one thread.
 */
public final class Emitter {

  /** From this rank on, the native kernels of elementwise operators no longer broadcast. */
  private static final int LARGEST_RANK = 6;

  /** There are hundreds of such tensors, whose names would be most of the file. */
  private static final String UNNAMED = "";

  private final SubgraphBuilder graph;
  private final Map<List<Integer>, Integer> intConstants = new HashMap<>();
  private final Map<Float, Integer> scalars = new HashMap<>();
  private final ConstantPool pool;

  /**
   * Writes into {@code graph}.
   *
   * @param pool shared by the subgraphs of one file, so that equal constants are stored once
   */
  public Emitter(SubgraphBuilder graph, ConstantPool pool) {
    this.graph = graph;
    this.pool = pool;
  }

  /** The graph that is written into. */
  public SubgraphBuilder graph() {
    return graph;
  }

  /** The tensor at a position. */
  public GraphTensor tensor(int position) {
    return graph.tensor(position);
  }

  /** The shape of the tensor at a position. */
  public List<Integer> shape(int position) {
    return graph.tensor(position).shape();
  }

  /** How many dimensions the tensor at a position has. */
  public int rank(int position) {
    return shape(position).size();
  }

  // ---- constants

  /** A FLOAT32 scalar. */
  public int scalar(float value) {
    return scalars.computeIfAbsent(
        value,
        v ->
            graph.add(
                GraphTensor.constant(UNNAMED, TensorType.FLOAT32, List.of(), pool.floats(v))));
  }

  /** FLOAT32 values of a shape. */
  public int floats(List<Integer> shape, float... values) {
    return graph.add(GraphTensor.constant(UNNAMED, TensorType.FLOAT32, shape, pool.floats(values)));
  }

  /** A list of INT32 numbers; an empty one has no bytes. */
  public int ints(int... values) {
    return ints(Arrays.stream(values).boxed().toList());
  }

  private int ints(List<Integer> values) {
    return intConstants.computeIfAbsent(
        values,
        v ->
            graph.add(
                new GraphTensor(
                    UNNAMED,
                    TensorType.INT32,
                    List.of(v.size()),
                    List.of(v.size()),
                    v.isEmpty() ? null : pool.ints(Shapes.array(v)),
                    /* isVariable= */ false,
                    /* hasRank= */ false,
                    /* isSparse= */ false,
                    null)));
  }

  /** An INT32 scalar. */
  public int intScalar(int value) {
    return graph.add(GraphTensor.constant(UNNAMED, TensorType.INT32, List.of(), pool.ints(value)));
  }

  // ---- any operator

  /** An operator with one FLOAT32 result of {@code shape}. */
  public int float32(Builtin code, List<Integer> shape, OperatorOptions options, int... inputs) {
    return operator(code, TensorType.FLOAT32, shape, options, inputs);
  }

  /** An operator with one result of {@code type} and {@code shape}. */
  public int operator(
      Builtin code, TensorType type, List<Integer> shape, OperatorOptions options, int... inputs) {
    int output = graph.add(GraphTensor.computed(UNNAMED, type, shape));
    List<Integer> read = Arrays.stream(inputs).boxed().toList();
    graph.add(
        GraphOperator.of(code, read, List.of(output), options)
            .atVersion(Versions.of(code, options)));
    return output;
  }

  /** An operator with several results, each of the first input's type. */
  public List<Integer> operator(
      Builtin code, List<List<Integer>> shapes, OperatorOptions options, int... inputs) {
    List<Integer> outputs = new ArrayList<>();
    for (List<Integer> shape : shapes) {
      outputs.add(graph.add(GraphTensor.computed(UNNAMED, TensorType.FLOAT32, shape)));
    }
    List<Integer> read = Arrays.stream(inputs).boxed().toList();
    graph.add(GraphOperator.of(code, read, outputs, options).atVersion(Versions.of(code, options)));
    return outputs;
  }

  // ---- elementwise

  /** {@code a + b}, broadcast. */
  public int add(int a, int b) {
    return arithmetic(ArithmeticKind.ADD, a, b);
  }

  /** {@code a - b}, broadcast. */
  public int subtract(int a, int b) {
    return arithmetic(ArithmeticKind.SUB, a, b);
  }

  /** {@code a * b}, broadcast. */
  public int multiply(int a, int b) {
    return arithmetic(ArithmeticKind.MUL, a, b);
  }

  /** {@code a / b}, broadcast. */
  public int divide(int a, int b) {
    return arithmetic(ArithmeticKind.DIV, a, b);
  }

  /** {@code a * factor}. */
  public int scale(int a, float factor) {
    return factor == 1f ? a : multiply(a, scalar(factor));
  }

  private int arithmetic(ArithmeticKind kind, int a, int b) {
    List<Integer> shape = Shapes.broadcast(shape(a), shape(b));
    if (shape.size() > LARGEST_RANK) {
      throw new IllegalArgumentException(kind + " of rank " + shape.size() + " does not broadcast");
    }
    return float32(Builtin.valueOf(kind.name()), shape, Arithmetic.of(kind, Activation.NONE), a, b);
  }

  /** An operator on two tensors without settings, such as MAXIMUM, broadcast. */
  public int binary(Builtin code, int a, int b) {
    return float32(code, Shapes.broadcast(shape(a), shape(b)), OperatorOptions.none(), a, b);
  }

  /** An operator on one tensor without settings, such as EXP. */
  public int unary(Builtin code, int a) {
    return operator(code, tensor(a).type(), shape(a), OperatorOptions.none(), a);
  }

  /** A comparison, such as EQUAL: 1 where it holds, else 0, as FLOAT32. */
  public int comparison(Builtin code, int a, int b) {
    List<Integer> shape = Shapes.broadcast(shape(a), shape(b));
    int holds = operator(code, TensorType.BOOL, shape, OperatorOptions.none(), a, b);
    return cast(holds, TensorType.FLOAT32);
  }

  /** {@code a} as another type. */
  public int cast(int a, TensorType type) {
    TensorType from = tensor(a).type();
    return from == type
        ? a
        : operator(Builtin.CAST, type, shape(a), new OperatorOptions.Cast(from, type), a);
  }

  // ---- reductions

  /** A reduction, such as SUM or MEAN, over {@code axes}, counted from 0. */
  public int reduce(Builtin code, int a, boolean keepDimensions, int... axes) {
    if (axes.length == 0) {
      return a;
    }
    return operator(
        code,
        tensor(a).type(),
        Shapes.reduced(shape(a), keepDimensions, axes),
        new OperatorOptions.Reduction(keepDimensions),
        a,
        ints(axes));
  }

  /** The sum over {@code axes}, counted from 0. */
  public int sum(int a, boolean keepDimensions, int... axes) {
    return reduce(Builtin.SUM, a, keepDimensions, axes);
  }

  /** The sum of all elements, a scalar. */
  public int sumAll(int a) {
    int[] axes = new int[rank(a)];
    Arrays.setAll(axes, i -> i);
    return sum(a, /* keepDimensions= */ false, axes);
  }

  /**
   * The gradient of an operand that was broadcast: summed over the dimensions in which it was
   * repeated, in the operand's own shape.
   */
  public int unbroadcast(int gradient, List<Integer> operand) {
    List<Integer> whole = shape(gradient);
    int added = whole.size() - operand.size();
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      if (i < added || (operand.get(i - added) == 1 && whole.get(i) != 1)) {
        axes.add(i);
      }
    }
    int summed = sum(gradient, /* keepDimensions= */ false, Shapes.array(axes));
    return shape(summed).equals(operand) ? summed : reshape(summed, operand);
  }

  // ---- shapes

  /** The same elements in another shape, of which one size may be unknown. */
  public int reshape(int a, List<Integer> wanted) {
    List<Integer> shape = Shapes.resolved(wanted, Shapes.elements(shape(a)));
    if (!Shapes.isSettled(shape)) {
      throw new IllegalArgumentException("more than one size of " + shape + " is unknown");
    }
    if (shape(a).equals(shape)) {
      return a;
    }
    return operator(
        Builtin.RESHAPE,
        tensor(a).type(),
        shape,
        new OperatorOptions.Reshape(shape),
        a,
        ints(Shapes.array(shape)));
  }

  /**
   * The same elements in the shape of another tensor, which may have any number of unknown sizes.
   */
  public int reshapeLike(int a, int model) {
    List<Integer> shape = shape(model);
    if (Shapes.isSettled(shape)) {
      return reshape(a, shape);
    }
    return operator(
        Builtin.RESHAPE, tensor(a).type(), shape, OperatorOptions.none(), a, shapeOf(model));
  }

  /** The shape of a tensor, as a list of INT32 numbers, which is known when it runs. */
  public int shapeOf(int a) {
    if (!shape(a).contains(ANY)) {
      return ints(Shapes.array(shape(a)));
    }
    return operator(
        Builtin.SHAPE,
        TensorType.INT32,
        List.of(rank(a)),
        new OperatorOptions.Shape(TensorType.INT32),
        a);
  }

  /** The number of elements of a tensor, as a FLOAT32 scalar, which is known when it runs. */
  public int elementsOf(int a) {
    int elements = Shapes.elements(shape(a));
    if (elements != ANY) {
      return scalar(elements);
    }
    int sizes = cast(shapeOf(a), TensorType.FLOAT32);
    return reduce(Builtin.REDUCE_PROD, sizes, /* keepDimensions= */ false, 0);
  }

  /** The dimensions in another order. */
  public int transpose(int a, int... permutation) {
    return operator(
        Builtin.TRANSPOSE,
        tensor(a).type(),
        Shapes.permuted(shape(a), permutation),
        OperatorOptions.none(),
        a,
        ints(permutation));
  }

  /** The elements of some dimensions in reverse order. */
  public int reverse(int a, int... axes) {
    int reversed = a;
    for (int axis : axes) {
      // The kernel takes several axes only when they are neighbours; one at a time always works.
      reversed =
          shape(a).get(axis) == 1
              ? reversed
              : operator(
                  Builtin.REVERSE_V2,
                  tensor(a).type(),
                  shape(a),
                  OperatorOptions.none(),
                  reversed,
                  ints(axis));
    }
    return reversed;
  }

  /** {@code value} in the shape of another tensor. */
  public int fillLike(int model, float value) {
    return float32(
        Builtin.FILL, shape(model), OperatorOptions.none(), shapeOf(model), scalar(value));
  }

  /** A FLOAT32 scalar repeated to a shape without unknown sizes. */
  public int fill(List<Integer> shape, float value) {
    return float32(
        Builtin.FILL, shape, OperatorOptions.none(), ints(Shapes.array(shape)), scalar(value));
  }

  /** {@code a} repeated to the shape of another tensor. */
  public int broadcastLike(int a, int model) {
    return shape(a).equals(shape(model)) && Shapes.isSettled(shape(a))
        ? a
        : operator(
            Builtin.BROADCAST_TO,
            tensor(a).type(),
            shape(model),
            OperatorOptions.none(),
            a,
            shapeOf(model));
  }

  /**
   * Zeros around.
   *
   * @param before how many before the first element, for each dimension
   * @param after how many after the last
   */
  public int pad(int a, int[] before, int[] after) {
    return isNothing(before, after)
        ? a
        : float32(
            Builtin.PAD,
            padded(a, before, after),
            OperatorOptions.none(),
            a,
            paddings(before, after));
  }

  /** As {@link #pad(int, int[], int[])}, with another value than zero. */
  public int pad(int a, int[] before, int[] after, float value) {
    return isNothing(before, after)
        ? a
        : float32(
            Builtin.PADV2,
            padded(a, before, after),
            OperatorOptions.none(),
            a,
            paddings(before, after),
            scalar(value));
  }

  private static boolean isNothing(int[] before, int[] after) {
    return Arrays.stream(before).allMatch(n -> n == 0)
        && Arrays.stream(after).allMatch(n -> n == 0);
  }

  private List<Integer> padded(int a, int[] before, int[] after) {
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      int size = shape(a).get(i);
      shape.add(size == ANY && before[i] + after[i] == 0 ? ANY : size + before[i] + after[i]);
    }
    return shape;
  }

  private int paddings(int[] before, int[] after) {
    int[] paddings = new int[2 * before.length];
    for (int i = 0; i < before.length; i++) {
      paddings[2 * i] = before[i];
      paddings[2 * i + 1] = after[i];
    }
    return graph.add(
        GraphTensor.constant(
            UNNAMED, TensorType.INT32, List.of(before.length, 2), pool.ints(paddings)));
  }

  /**
   * A part: {@code size} elements of each dimension from {@code begin} on; -1 means to the end.
   *
   * <p>STRIDED_SLICE, unlike SLICE, leaves whole dimensions whole whatever the batch is, so that
   * the shape is known before the graph runs and XNNPACK takes it.
   */
  public int slice(int a, int[] begin, int[] size) {
    List<Integer> whole = shape(a);
    int[] end = new int[begin.length];
    int open = 0;
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < begin.length; i++) {
      boolean isWhole = begin[i] == 0 && (size[i] == ANY || size[i] == whole.get(i));
      open |= isWhole ? 1 << i : 0;
      int kept = size[i] == ANY && !isWhole ? whole.get(i) - begin[i] : size[i];
      end[i] = isWhole ? 0 : begin[i] + kept;
      shape.add(isWhole ? whole.get(i) : (Integer) kept);
    }
    int[] strides = new int[begin.length];
    Arrays.fill(strides, 1);
    return open == (1 << begin.length) - 1
        ? a
        : operator(
            Builtin.STRIDED_SLICE,
            tensor(a).type(),
            shape,
            new OperatorOptions.StridedSlice(open, open, 0, 0, 0, /* endIsOffset= */ false),
            a,
            ints(begin),
            ints(end),
            ints(strides));
  }

  /**
   * Every {@code stride}-th element of each dimension, {@code size} of them, from {@code begin} on.
   * The first dimension, the batch, is taken whole.
   */
  public int stridedSlice(int a, int[] begin, int[] size, int[] stride) {
    int[] end = new int[begin.length];
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < begin.length; i++) {
      end[i] = begin[i] + (size[i] - 1) * stride[i] + 1;
      shape.add(i == 0 ? shape(a).get(0) : size[i]);
    }
    return operator(
        Builtin.STRIDED_SLICE,
        tensor(a).type(),
        shape,
        new OperatorOptions.StridedSlice(1, 1, 0, 0, 0, /* endIsOffset= */ false),
        a,
        ints(begin),
        ints(end),
        ints(stride));
  }

  /** Tensors one after the other along {@code axis}, counted from 0. */
  public int concatenate(int axis, int... parts) {
    int size = 0;
    for (int part : parts) {
      int own = shape(part).get(axis);
      size = own == ANY || size == ANY ? ANY : size + own;
    }
    return parts.length == 1
        ? parts[0]
        : float32(
            Builtin.CONCATENATION,
            Shapes.with(shape(parts[0]), axis, size),
            new OperatorOptions.Concatenation(axis, Activation.NONE),
            parts);
  }

  // ---- products

  /**
   * The product of the last two dimensions, over equal or broadcast leading ones.
   *
   * @param adjointA whether {@code a}'s last two dimensions are swapped
   * @param adjointB whether {@code b}'s are
   */
  public int matrixProduct(int a, boolean adjointA, int b, boolean adjointB) {
    List<Integer> left = shape(a);
    List<Integer> right = shape(b);
    int rows = left.get(left.size() - (adjointA ? 1 : 2));
    int columns = right.get(right.size() - (adjointB ? 2 : 1));
    List<Integer> shape =
        new ArrayList<>(
            Shapes.broadcast(left.subList(0, left.size() - 2), right.subList(0, right.size() - 2)));
    shape.add(rows);
    shape.add(columns);
    return float32(
        Builtin.BATCH_MATMUL,
        shape,
        new OperatorOptions.BatchMatMul(adjointA, adjointB, /* asymmetricInputs= */ false),
        a,
        b);
  }

  /** The pool that constants of this graph come from. */
  public ConstantPool pool() {
    return pool;
  }

  /** A constant tensor with a value that is there already. */
  public int constant(String name, TensorType type, List<Integer> shape, Constant value) {
    return graph.add(GraphTensor.constant(name, type, shape, value));
  }
}
