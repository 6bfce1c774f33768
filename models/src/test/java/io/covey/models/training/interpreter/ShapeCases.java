package io.covey.models.training.interpreter;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import io.covey.models.graph.TensorType;
import io.covey.models.training.interpreter.OperatorCase.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Cases of what moves, joins, splits and repeats elements. */
final class ShapeCases {

  private static final Example IMAGE = Example.of(4, 6, 2);
  private static final Example ROWS = Example.of(3, 4);

  private final List<OperatorCase> cases = new ArrayList<>();

  private ShapeCases() {}

  static List<OperatorCase> all() {
    ShapeCases own = new ShapeCases();
    own.shapes();
    own.joins();
    own.splits();
    own.frames();
    own.slices();
    own.stridedSlices();
    own.gathers();
    own.blocks();
    return own.cases;
  }

  private void shapes() {
    add(Builtin.RESHAPE, ROWS, "", s -> s.op(Builtin.SIN, s.flat(s.shifted())));
    add(
        Builtin.EXPAND_DIMS,
        ROWS,
        "-1",
        s -> s.op(Builtin.EXPAND_DIMS, s.shifted(), s.ints(List.of(), -1)));
    add(Builtin.EXPAND_DIMS, ROWS, "1", s -> s.op(Builtin.EXPAND_DIMS, s.shifted(), s.ints(1)));
    for (List<Integer> dimensions : List.of(List.of(1), List.of(-1), List.of(1, 3))) {
      OperatorOptions options = new OperatorOptions.Squeeze(dimensions);
      Example thin = Example.of(1, 4, 1);
      add(Builtin.SQUEEZE, thin, "" + dimensions, s -> s.op(Builtin.SQUEEZE, options, s.shifted()));
    }
    add(
        Builtin.SQUEEZE,
        Example.of(1, 4, 1),
        "of all",
        s -> s.op(Builtin.SQUEEZE, new OperatorOptions.Squeeze(List.of()), s.shifted()));
    for (int[] order : new int[][] {{0, 3, 1, 2}, {0, 2, 1, 3}, {0, 3, 2, 1}}) {
      add(
          Builtin.TRANSPOSE,
          IMAGE,
          order[1] + "" + order[2] + order[3],
          s -> s.op(Builtin.TRANSPOSE, s.shifted(), s.ints(order)));
    }
    add(
        Builtin.TRANSPOSE,
        ROWS,
        "of the batch, there and back",
        s -> {
          int turned = s.op(Builtin.TRANSPOSE, s.shifted(), s.ints(2, 0, 1));
          return s.op(Builtin.TRANSPOSE, s.op(Builtin.SIN, turned), s.ints(1, 2, 0));
        });
    add(Builtin.REVERSE_V2, IMAGE, "-1", s -> s.op(Builtin.REVERSE_V2, s.shifted(), s.ints(-1)));
    add(
        Builtin.REVERSE_V2,
        IMAGE,
        "1, 2",
        s -> s.op(Builtin.REVERSE_V2, s.shifted(), s.ints(1, 2)));
    add(Builtin.TILE, ROWS, "1 2 3", s -> s.op(Builtin.TILE, s.shifted(), s.ints(1, 2, 3)));
    add(
        Builtin.BROADCAST_TO,
        ROWS,
        "of variables",
        s -> {
          int row = s.add(s.constant(0, 0, List.of(1)), s.weights(3, 1));
          int wide = s.op(Builtin.BROADCAST_TO, row, s.ints(2, 3, 4));
          return s.add(
              s.x(), s.op(Builtin.SUM, new OperatorOptions.Reduction(true), wide, s.ints(0)));
        });
  }

  private void joins() {
    for (int axis : new int[] {1, 3, -1, -2}) {
      for (Activation activation : new Activation[] {Activation.NONE}) {
        OperatorOptions options = new OperatorOptions.Concatenation(axis, activation);
        add(
            Builtin.CONCATENATION,
            IMAGE,
            axis + " " + activation,
            s -> {
              int y = s.shifted();
              return s.op(Builtin.CONCATENATION, options, y, s.op(Builtin.EXP, y), s.x(), y);
            });
      }
    }
    for (int axis : new int[] {1, -1, 3}) {
      OperatorOptions options = new OperatorOptions.Pack(3, axis);
      add(
          Builtin.PACK,
          ROWS,
          "" + axis,
          s -> {
            int y = s.shifted();
            return s.op(Builtin.PACK, options, y, s.op(Builtin.EXP, y), y);
          });
    }
  }

  private void splits() {
    for (int axis : new int[] {2, -2}) {
      add(
          Builtin.SPLIT,
          IMAGE,
          "" + axis,
          s ->
              weighed(
                  s,
                  s.ops(
                      Builtin.SPLIT,
                      3,
                      TensorType.FLOAT32,
                      new OperatorOptions.Split(3),
                      s.ints(List.of(), axis),
                      s.shifted())));
    }
    add(
        Builtin.SPLIT_V,
        Example.of(6, 3),
        "1 and the rest, one unused",
        s -> {
          int sizes = s.ints(1, -1, 2);
          OperatorOptions options = new OperatorOptions.SplitV(3);
          List<Integer> parts =
              s.ops(
                  Builtin.SPLIT_V,
                  3,
                  TensorType.FLOAT32,
                  options,
                  s.shifted(),
                  sizes,
                  s.ints(List.of(), -2));
          return parts.get(1);
        });
    for (int axis : new int[] {1, -1}) {
      OperatorOptions options = new OperatorOptions.Unpack(3, axis);
      add(
          Builtin.UNPACK,
          Example.of(3, 3),
          "" + axis,
          s -> weighed(s, s.ops(Builtin.UNPACK, 3, TensorType.FLOAT32, options, s.shifted())));
    }
  }

  /** Each part in another way, the last one not at all. */
  private static int weighed(GraphSketch s, List<Integer> parts) {
    return s.add(s.op(Builtin.SIN, parts.get(0)), s.op(Builtin.EXP, parts.get(1)));
  }

  private void frames() {
    List<Integer> four = List.of(4, 2);
    int[] around = {0, 0, 1, 2, 0, 3, 1, 0};
    add(Builtin.PAD, IMAGE, "all sides", s -> s.op(Builtin.PAD, s.shifted(), s.ints(four, around)));
    add(
        Builtin.PADV2,
        IMAGE,
        "all sides",
        s ->
            s.op(
                Builtin.PADV2,
                s.shifted(),
                s.ints(four, around),
                s.constant(0.5f, 0.5f, List.of())));
    for (boolean isSymmetric : new boolean[] {false, true}) {
      OperatorOptions options = new OperatorOptions.MirrorPad(isSymmetric);
      int[] sides = {0, 0, 2, 3, 1, 0, isSymmetric ? 2 : 1, 1};
      add(
          Builtin.MIRROR_PAD,
          IMAGE,
          "" + isSymmetric,
          s -> s.op(Builtin.MIRROR_PAD, options, s.shifted(), s.ints(four, sides)));
    }
  }

  private void slices() {
    add(
        Builtin.SLICE,
        IMAGE,
        "to the end",
        s -> s.op(Builtin.SLICE, s.shifted(), s.ints(0, 1, 2, 0), s.ints(-1, -1, 3, 1)));
  }

  private void stridedSlices() {
    StridedSlice batch = new StridedSlice(1, 1, 0, 0, 0, false);
    strided("with strides", batch, new int[][] {{0, 1, 0, 0}, {0, 4, 6, 2}, {1, 2, 3, 1}});
    strided("backwards", batch, new int[][] {{0, 3, -1, 1}, {0, 0, 0, -3}, {1, -1, -2, -1}});
    strided("out of range", batch, new int[][] {{0, -9, 1, 0}, {0, 9, 99, 1}, {1, 1, 2, 1}});
    StridedSlice open = new StridedSlice(7, 13, 0, 0, 0, false);
    strided("open", open, new int[][] {{0, 2, 3, 1}, {0, 3, 5, 1}, {1, 1, -2, 1}});
    StridedSlice shrunk = new StridedSlice(1, 1, 0, 0, 6, false);
    strided("shrunk", shrunk, new int[][] {{0, -2, 3, 0}, {0, -1, 4, 2}, {1, 1, 1, 1}});
    StridedSlice added = new StridedSlice(1, 1, 0, 2, 0, false);
    strided("with a new axis", added, new int[][] {{0, 0, 1, 2}, {0, 0, 3, 5}, {1, 1, 1, 2}});
    StridedSlice skipping = new StridedSlice(0, 0, 1, 0, 0, false);
    strided("after an ellipsis", skipping, new int[][] {{0, 1}, {0, 2}, {1, 1}});
    StridedSlice inside = new StridedSlice(1, 1, 2, 0, 4, false);
    strided("around an ellipsis", inside, new int[][] {{0, 0, 1}, {0, 0, 2}, {1, 1, 1}});
  }

  private void gathers() {
    for (int axis : new int[] {1, -1, 2}) {
      OperatorOptions options = new OperatorOptions.Gather(axis, 0);
      add(
          Builtin.GATHER,
          ROWS,
          "" + axis,
          s -> s.op(Builtin.GATHER, options, s.shifted(), s.ints(List.of(2, 2), 2, 0, 2, 1)));
    }
    add(
        Builtin.GATHER,
        Example.between(0, 4.9f, 3),
        "rows of a table",
        s -> {
          OperatorOptions cast = new OperatorOptions.Cast(TensorType.FLOAT32, TensorType.INT32);
          int numbers = s.op(Builtin.CAST, TensorType.INT32, cast, s.x());
          return s.op(Builtin.GATHER, new OperatorOptions.Gather(0, 0), s.weights(5, 4), numbers);
        });
    add(
        Builtin.GATHER_ND,
        ROWS,
        "one twice",
        s -> {
          int turned = s.op(Builtin.TRANSPOSE, s.shifted(), s.ints(1, 2, 0));
          int chosen = s.op(Builtin.GATHER_ND, turned, s.ints(List.of(3, 2), 0, 1, 2, 3, 0, 1));
          return s.op(Builtin.TRANSPOSE, chosen, s.ints(1, 0));
        });
  }

  private void blocks() {
    OperatorOptions deeper = new OperatorOptions.SpaceToDepth(2);
    OperatorOptions wider = new OperatorOptions.DepthToSpace(2);
    add(Builtin.SPACE_TO_DEPTH, IMAGE, "2", s -> s.op(Builtin.SPACE_TO_DEPTH, deeper, s.shifted()));
    add(
        Builtin.DEPTH_TO_SPACE,
        Example.of(2, 3, 8),
        "2",
        s -> s.op(Builtin.DEPTH_TO_SPACE, wider, s.shifted()));
    List<Integer> two = List.of(2, 2);
    ToIntFunction<GraphSketch> thereAndBack =
        s -> {
          int many =
              s.op(Builtin.SPACE_TO_BATCH_ND, s.shifted(), s.ints(2, 3), s.ints(two, 1, 1, 0, 3));
          return s.op(
              Builtin.BATCH_TO_SPACE_ND,
              s.op(Builtin.SIN, many),
              s.ints(2, 3),
              s.ints(two, 0, 1, 2, 0));
        };
    add(Builtin.SPACE_TO_BATCH_ND, IMAGE, "with paddings", thereAndBack);
    add(Builtin.BATCH_TO_SPACE_ND, IMAGE, "with crops", thereAndBack);
  }

  private void strided(String what, StridedSlice options, int[][] bounds) {
    add(
        Builtin.STRIDED_SLICE,
        IMAGE,
        what,
        s ->
            s.op(
                Builtin.STRIDED_SLICE,
                options,
                s.shifted(),
                s.ints(bounds[0]),
                s.ints(bounds[1]),
                s.ints(bounds[2])));
  }

  private void add(Builtin code, Example example, String what, ToIntFunction<GraphSketch> body) {
    cases.add(new OperatorCase(code, what, example, body));
  }
}
