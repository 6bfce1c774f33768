package io.covey.models.shape;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.DepthToSpace;
import io.covey.models.graph.OperatorOptions.Reshape;
import io.covey.models.graph.OperatorOptions.SpaceToDepth;
import io.covey.models.graph.OperatorOptions.Squeeze;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Operators that lay elements out anew, repeat them, or put others around. */
final class LayoutShapes {

  private LayoutShapes() {}

  static List<KnownTensor> reshape(ShapeScope scope) {
    List<Integer> wanted = scope.has(1) ? scope.numbers(1) : scope.options(Reshape.class).shape();
    int open = Collections.frequency(wanted, GraphTensor.ANY);
    if (open > 1 || (open == 1 && wanted.contains(0))) {
      throw new IllegalArgumentException("shape " + wanted + " is not settled");
    }
    return List.of(scope.input(0).reshaped(Shapes.resolved(wanted, scope.input(0).elements())));
  }

  static List<KnownTensor> expandDims(ShapeScope scope) {
    int axis = Shapes.dimension(scope.numbers(1, 1).get(0), scope.rank(0) + 1);
    List<Integer> shape = new ArrayList<>(scope.shape(0));
    shape.add(axis, 1);
    return List.of(scope.input(0).reshaped(shape));
  }

  static List<KnownTensor> squeeze(ShapeScope scope) {
    Set<Integer> dropped = new HashSet<>();
    Squeeze options = scope.optionsOr(Squeeze.class, new Squeeze(List.of()));
    options.dimensions().forEach(axis -> dropped.add(scope.axis(axis, 0)));
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < scope.rank(0); i++) {
      int size = scope.shape(0).get(i);
      boolean isDropped = options.dimensions().isEmpty() ? size == 1 : dropped.contains(i);
      if (!isDropped) {
        shape.add(size);
      }
    }
    return List.of(scope.input(0).reshaped(shape));
  }

  static List<KnownTensor> transpose(ShapeScope scope) {
    int[] order =
        scope.numbers(1, scope.rank(0)).stream().mapToInt(axis -> scope.axis(axis, 0)).toArray();
    if (Arrays.stream(order).distinct().count() != order.length) {
      throw new IllegalArgumentException(Arrays.toString(order) + " is no order of dimensions");
    }
    return List.of(KnownTensor.of(Shapes.permuted(scope.shape(0), order)));
  }

  /** Of REVERSE_V2. */
  static List<KnownTensor> reverse(ShapeScope scope) {
    scope.numbers(1).forEach(axis -> scope.axis(axis, 0));
    return ElementwiseShapes.same(scope);
  }

  /** Of PAD, PADV2 and MIRROR_PAD: {@code [before, after]} for each dimension. */
  static List<KnownTensor> pad(ShapeScope scope) {
    List<Integer> paddings = scope.numbers(1, 2 * scope.rank(0));
    requireNone(paddings, 0);
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < scope.rank(0); i++) {
      int around = Math.addExact(paddings.get(2 * i), paddings.get(2 * i + 1));
      shape.add(Math.addExact(scope.shape(0).get(i), around));
    }
    return List.of(KnownTensor.of(shape));
  }

  static List<KnownTensor> tile(ShapeScope scope) {
    List<Integer> repeats = scope.numbers(1, scope.rank(0));
    requireNone(repeats, 1);
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < repeats.size(); i++) {
      shape.add(Math.multiplyExact(scope.shape(0).get(i), repeats.get(i)));
    }
    return List.of(KnownTensor.of(shape));
  }

  static List<KnownTensor> broadcastTo(ShapeScope scope) {
    List<Integer> shape = scope.numbers(1);
    if (!Shapes.broadcast(scope.shape(0), shape).equals(shape)) {
      throw new IllegalArgumentException(
          "shape " + scope.shape(0) + " cannot be broadcast to " + shape);
    }
    return List.of(KnownTensor.of(shape));
  }

  static List<KnownTensor> spaceToDepth(ShapeScope scope) {
    int block = positive(scope.options(SpaceToDepth.class).blockSize());
    List<Integer> image = scope.shape(0, 4);
    return List.of(
        KnownTensor.of(
            List.of(
                image.get(0),
                exactly(image.get(1), block),
                exactly(image.get(2), block),
                Math.multiplyExact(image.get(3), Math.multiplyExact(block, block)))));
  }

  static List<KnownTensor> depthToSpace(ShapeScope scope) {
    int block = positive(scope.options(DepthToSpace.class).blockSize());
    List<Integer> image = scope.shape(0, 4);
    return List.of(
        KnownTensor.of(
            List.of(
                image.get(0),
                Math.multiplyExact(image.get(1), block),
                Math.multiplyExact(image.get(2), block),
                exactly(image.get(3), Math.multiplyExact(block, block)))));
  }

  /** Blocks of pixels become examples, after zeros were put around. */
  static List<KnownTensor> spaceToBatch(ShapeScope scope) {
    List<Integer> shape = new ArrayList<>(scope.shape(0));
    List<Integer> blocks = scope.numbers(1);
    List<Integer> paddings = scope.numbers(2, 2 * blocks.size());
    requireNone(blocks, 1);
    requireNone(paddings, 0);
    for (int i = 0; i < blocks.size(); i++) {
      int around = Math.addExact(paddings.get(2 * i), paddings.get(2 * i + 1));
      int padded = Math.addExact(shape.get(i + 1), around);
      shape.set(i + 1, exactly(padded, blocks.get(i)));
      shape.set(0, Math.multiplyExact(shape.get(0), blocks.get(i)));
    }
    return List.of(KnownTensor.of(shape));
  }

  /** The other way round: crops are taken off last. */
  static List<KnownTensor> batchToSpace(ShapeScope scope) {
    List<Integer> shape = new ArrayList<>(scope.shape(0));
    List<Integer> blocks = scope.numbers(1);
    List<Integer> crops = scope.numbers(2, 2 * blocks.size());
    requireNone(blocks, 1);
    requireNone(crops, 0);
    for (int i = 0; i < blocks.size(); i++) {
      int wide = Math.multiplyExact(shape.get(i + 1), blocks.get(i));
      shape.set(i + 1, wide - Math.addExact(crops.get(2 * i), crops.get(2 * i + 1)));
      shape.set(0, exactly(shape.get(0), blocks.get(i)));
    }
    return List.of(KnownTensor.of(shape));
  }

  private static void requireNone(List<Integer> numbers, int below) {
    if (numbers.stream().anyMatch(number -> number < below)) {
      throw new IllegalArgumentException(numbers + " has a number below " + below);
    }
  }

  private static int positive(int block) {
    if (block < 1) {
      throw new IllegalArgumentException("blocks of " + block);
    }
    return block;
  }

  private static int exactly(int size, int block) {
    if (size % block != 0) {
      throw new IllegalArgumentException(size + " is not a multiple of " + block);
    }
    return size / block;
  }
}
