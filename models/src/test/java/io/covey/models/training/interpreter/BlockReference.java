package io.covey.models.training.interpreter;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Slices, and blocks of an image that become channels or examples. */
final class BlockReference {

  private BlockReference() {}

  static Array64 slice(Call call) {
    Array64 x = call.input(0);
    int[] begin = call.ints(1);
    int[] size = call.ints(2);
    int[] shape = new int[x.rank()];
    Arrays.setAll(shape, i -> size[i] < 0 ? x.size(i) - begin[i] : size[i]);
    return Array64.generate(
        shape,
        index -> {
          int[] source = index.clone();
          Arrays.setAll(source, i -> index[i] + begin[i]);
          return x.at(source);
        });
  }

  /** As in Python: {@code x[begin:end:stride, ..., None, 3]}. */
  static Array64 stridedSlice(Call call) {
    StridedSlice options = call.options(StridedSlice.class);
    Array64 x = call.input(0);
    int entries = call.input(1).elements();
    List<int[]> taken = new ArrayList<>();
    List<Integer> shape = new ArrayList<>();
    int consuming = 0;
    for (int i = 0; i < entries; i++) {
      consuming += isBit(options.newAxisMask() | options.ellipsisMask(), i) ? 0 : 1;
    }
    for (int i = 0; i < entries; i++) {
      if (isBit(options.ellipsisMask(), i)) {
        for (int skipped = x.rank() - consuming; skipped > 0; skipped--) {
          whole(x, taken, shape);
        }
      } else if (isBit(options.newAxisMask(), i)) {
        shape.add(1);
      } else {
        int[] positions = positions(call, i, x.size(taken.size()));
        taken.add(positions);
        if (!isBit(options.shrinkAxisMask(), i)) {
          shape.add(positions.length);
        }
      }
    }
    while (taken.size() < x.rank()) {
      whole(x, taken, shape);
    }
    int[] sizes = taken.stream().mapToInt(positions -> positions.length).toArray();
    Array64 part =
        Array64.generate(
            sizes,
            index -> {
              int[] source = index.clone();
              Arrays.setAll(source, i -> taken.get(i)[index[i]]);
              return x.at(source);
            });
    return part.reshaped(shape.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void whole(Array64 x, List<int[]> taken, List<Integer> shape) {
    int[] all = new int[x.size(taken.size())];
    Arrays.setAll(all, i -> i);
    taken.add(all);
    shape.add(all.length);
  }

  private static boolean isBit(int mask, int bit) {
    return (mask & 1 << bit) != 0;
  }

  private static int[] positions(Call call, int entry, int size) {
    StridedSlice options = call.options(StridedSlice.class);
    int begin = Call.axis(call.ints(1)[entry], size);
    if (isBit(options.shrinkAxisMask(), entry)) {
      return new int[] {begin};
    }
    int stride = call.ints(3)[entry];
    int end = Call.axis(call.ints(2)[entry], size);
    if (options.endIsOffset()) {
      end = begin + call.ints(2)[entry];
    }
    if (isBit(options.beginMask(), entry)) {
      begin = stride > 0 ? 0 : size - 1;
    }
    if (isBit(options.endMask(), entry)) {
      end = stride > 0 ? size : -1;
    }
    List<Integer> positions = new ArrayList<>();
    for (int i = begin; stride > 0 ? i < end : i > end; i += stride) {
      if (i >= 0 && i < size) {
        positions.add(i);
      }
    }
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  static Array64 depthAndSpace(Call call) {
    Array64 x = call.input(0);
    if (call.operator().code() == Builtin.SPACE_TO_DEPTH) {
      int block = call.options(OperatorOptions.SpaceToDepth.class).blockSize();
      int channels = x.size(3);
      return Array64.generate(
          new int[] {x.size(0), x.size(1) / block, x.size(2) / block, channels * block * block},
          i -> {
            int inside = i[3] / channels;
            return x.at(
                i[0],
                i[1] * block + inside / block,
                i[2] * block + inside % block,
                i[3] % channels);
          });
    }
    int block = call.options(OperatorOptions.DepthToSpace.class).blockSize();
    int channels = x.size(3) / block / block;
    return Array64.generate(
        new int[] {x.size(0), x.size(1) * block, x.size(2) * block, channels},
        i -> {
          int inside = i[1] % block * block + i[2] % block;
          return x.at(i[0], i[1] / block, i[2] / block, inside * channels + i[3]);
        });
  }

  /** Of images with two dimensions of space: {@code batch = inside * n + example}. */
  static Array64 spaceToBatch(Call call) {
    Array64 x = call.input(0);
    int[] block = call.ints(1);
    int[] paddings = call.ints(2);
    int examples = x.size(0);
    return Array64.generate(
        new int[] {
          examples * block[0] * block[1],
          (x.size(1) + paddings[0] + paddings[1]) / block[0],
          (x.size(2) + paddings[2] + paddings[3]) / block[1],
          x.size(3)
        },
        i -> {
          int inside = i[0] / examples;
          return x.orZero(
              i[0] % examples,
              i[1] * block[0] + inside / block[1] - paddings[0],
              i[2] * block[1] + inside % block[1] - paddings[2],
              i[3]);
        });
  }

  static Array64 batchToSpace(Call call) {
    Array64 x = call.input(0);
    int[] block = call.ints(1);
    int[] crops = call.ints(2);
    int examples = x.size(0) / block[0] / block[1];
    return Array64.generate(
        new int[] {
          examples,
          x.size(1) * block[0] - crops[0] - crops[1],
          x.size(2) * block[1] - crops[2] - crops[3],
          x.size(3)
        },
        i -> {
          int row = i[1] + crops[0];
          int column = i[2] + crops[2];
          int inside = row % block[0] * block[1] + column % block[1];
          return x.at(inside * examples + i[0], row / block[0], column / block[1], i[3]);
        });
  }
}
