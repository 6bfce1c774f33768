package io.covey.models.training.gradient;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Concatenation;
import io.covey.models.shape.Shapes;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.Placement;
import java.util.ArrayList;
import java.util.List;

/** The rules of what moves, joins and repeats elements. */
final class ShapeGradients {

  private ShapeGradients() {}

  /** Of RESHAPE, SQUEEZE and EXPAND_DIMS. */
  static void reshape(GradientScope scope) {
    scope.give(0, scope.emit().reshapeLike(scope.gradient(), scope.input(0)));
  }

  static void transpose(GradientScope scope) {
    int[] permutation = scope.requireInts(1);
    scope.give(0, scope.emit().transpose(scope.gradient(), Shapes.inverse(permutation)));
  }

  static void reverse(GradientScope scope) {
    int rank = scope.outputShape().size();
    int reversed = scope.gradient();
    for (int axis : scope.requireInts(1)) {
      reversed = scope.emit().reverse(reversed, Shapes.dimension(axis, rank));
    }
    scope.give(0, reversed);
  }

  static void concatenation(GradientScope scope) {
    Concatenation options = scope.options(Concatenation.class);
    int gradient = scope.gradientBefore(options.activation());
    int axis = Shapes.dimension(options.axis(), scope.outputShape().size());
    Placement placement = new Placement(scope.emit());
    int from = 0;
    for (int i = 0; i < scope.inputs(); i++) {
      int size = scope.inputShape(i).get(axis);
      if (size == GraphTensor.ANY) {
        throw scope.unsupported("it joins along a dimension of which each call chooses the size");
      }
      if (scope.wants(i)) {
        scope.give(i, placement.part(gradient, axis, from, size));
      }
      from += size;
    }
  }

  /** Of SPLIT and SPLIT_V, whose axis is the first or the last input. */
  static void split(GradientScope scope) {
    boolean isEven = scope.operator().code() == Builtin.SPLIT;
    int x = isEven ? 1 : 0;
    int rank = scope.inputShape(x).size();
    int axis = Shapes.dimension(scope.requireInts(isEven ? 0 : 2)[0], rank);
    if (scope.inputShape(x).get(axis) == GraphTensor.ANY) {
      throw scope.unsupported("it splits a dimension of which each call chooses the size");
    }
    int[] parts = new int[scope.operator().outputs().size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = scope.gradient(i);
    }
    scope.give(x, scope.emit().concatenate(axis, parts));
  }

  static void pack(GradientScope scope) {
    Emitter emit = scope.emit();
    int rank = scope.outputShape().size();
    int axis = Shapes.dimension(scope.options(OperatorOptions.Pack.class).axis(), rank);
    Placement placement = new Placement(emit);
    for (int i = 0; i < scope.inputs(); i++) {
      if (scope.wants(i)) {
        int part = placement.part(scope.gradient(), axis, i, 1);
        scope.give(i, emit.reshapeLike(part, scope.input(i)));
      }
    }
  }

  static void unpack(GradientScope scope) {
    Emitter emit = scope.emit();
    int rank = scope.inputShape(0).size();
    int axis = Shapes.dimension(scope.options(OperatorOptions.Unpack.class).axis(), rank);
    int[] parts = new int[scope.operator().outputs().size()];
    for (int i = 0; i < parts.length; i++) {
      int part = scope.gradient(i);
      parts[i] = emit.reshape(part, Placement.inserted(emit.shape(part), axis, 1));
    }
    scope.give(0, emit.concatenate(axis, parts));
  }

  /** Of PAD and PADV2. */
  static void pad(GradientScope scope) {
    int[] paddings = scope.requireInts(1);
    List<Integer> shape = scope.inputShape(0);
    Placement placement = new Placement(scope.emit());
    int part = scope.gradient();
    for (int axis = 0; axis < shape.size(); axis++) {
      if (paddings[2 * axis] + paddings[2 * axis + 1] > 0) {
        requireKnown(scope, shape.get(axis));
        part = placement.part(part, axis, paddings[2 * axis], shape.get(axis));
      }
    }
    scope.give(0, part);
  }

  private static void requireKnown(GradientScope scope, int size) {
    if (size == GraphTensor.ANY) {
      throw scope.unsupported("it pads a dimension of which each call chooses the size");
    }
  }

  /** What was mirrored beyond the edges is folded back, dimension by dimension. */
  static void mirrorPad(GradientScope scope) {
    boolean isSymmetric = scope.options(OperatorOptions.MirrorPad.class).isSymmetric();
    int[] paddings = scope.requireInts(1);
    List<Integer> shape = scope.inputShape(0);
    Emitter emit = scope.emit();
    Placement placement = new Placement(emit);
    int folded = scope.gradient();
    for (int axis = 0; axis < shape.size(); axis++) {
      int before = paddings[2 * axis];
      int after = paddings[2 * axis + 1];
      if (before + after > 0) {
        requireKnown(scope, shape.get(axis));
        int size = shape.get(axis);
        int inside = placement.part(folded, axis, before, size);
        if (before > 0) {
          int left = emit.reverse(placement.part(folded, axis, 0, before), axis);
          inside = emit.add(inside, placement.place(left, axis, isSymmetric ? 0 : 1, size));
        }
        if (after > 0) {
          int right = emit.reverse(placement.part(folded, axis, before + size, after), axis);
          int begin = size - after - (isSymmetric ? 0 : 1);
          inside = emit.add(inside, placement.place(right, axis, begin, size));
        }
        folded = inside;
      }
    }
    scope.give(0, folded);
  }

  /** Repeats are summed, dimension by dimension. */
  static void tile(GradientScope scope) {
    int[] repeats = scope.requireInts(1);
    Emitter emit = scope.emit();
    int summed = scope.gradient();
    for (int axis = 0; axis < repeats.length; axis++) {
      if (repeats[axis] > 1) {
        List<Integer> split = new ArrayList<>(emit.shape(summed));
        split.set(axis, scope.inputShape(0).get(axis));
        split.add(axis, repeats[axis]);
        summed = emit.sum(emit.reshape(summed, split), /* keepDimensions= */ false, axis);
      }
    }
    scope.give(0, summed);
  }

  static void broadcastTo(GradientScope scope) {
    scope.give(0, scope.emit().unbroadcast(scope.gradient(), scope.inputShape(0)));
  }

  static void spaceToDepth(GradientScope scope) {
    int size = scope.options(OperatorOptions.SpaceToDepth.class).blockSize();
    undo(scope, Builtin.DEPTH_TO_SPACE, new OperatorOptions.DepthToSpace(size));
  }

  static void depthToSpace(GradientScope scope) {
    int size = scope.options(OperatorOptions.DepthToSpace.class).blockSize();
    undo(scope, Builtin.SPACE_TO_DEPTH, new OperatorOptions.SpaceToDepth(size));
  }

  /** Paddings of one become crops of the other. */
  static void spaceToBatch(GradientScope scope) {
    undo(scope, Builtin.BATCH_TO_SPACE_ND, OperatorOptions.none());
  }

  static void batchToSpace(GradientScope scope) {
    undo(scope, Builtin.SPACE_TO_BATCH_ND, OperatorOptions.none());
  }

  /** The inverse operator, with the same further inputs. */
  private static void undo(GradientScope scope, Builtin inverse, OperatorOptions options) {
    int[] inputs = new int[scope.inputs()];
    inputs[0] = scope.gradient();
    for (int i = 1; i < inputs.length; i++) {
      inputs[i] = scope.input(i);
    }
    scope.give(0, scope.emit().float32(inverse, scope.inputShape(0), options, inputs));
  }
}
