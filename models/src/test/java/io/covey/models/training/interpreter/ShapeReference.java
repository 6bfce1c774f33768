package io.covey.models.training.interpreter;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Gather;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What moves, joins, splits and repeats elements. */
final class ShapeReference {

  private ShapeReference() {}

  static Array64 reshape(Call call) {
    Array64 x = call.input(0);
    return switch (call.operator().code()) {
      case RESHAPE -> x.reshaped(call.ints(1));
      case EXPAND_DIMS -> expanded(x, call.ints(1)[0]);
      case SQUEEZE -> squeezed(x, call.options(OperatorOptions.Squeeze.class).dimensions());
      default -> throw new IllegalArgumentException(call.operator().name());
    };
  }

  static Array64 shape(Call call) {
    double[] sizes = call.input(0).shape().stream().mapToDouble(Integer::doubleValue).toArray();
    return Array64.of(List.of(sizes.length), sizes);
  }

  private static Array64 expanded(Array64 x, int dimension) {
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.add(Call.axis(dimension, x.rank() + 1), 1);
    return x.reshaped(array(shape));
  }

  private static Array64 squeezed(Array64 x, List<Integer> dimensions) {
    List<Integer> wanted = dimensions.stream().map(axis -> Call.axis(axis, x.rank())).toList();
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      if (dimensions.isEmpty() ? x.size(i) != 1 : !wanted.contains(i)) {
        shape.add(x.size(i));
      }
    }
    return x.reshaped(array(shape));
  }

  private static int[] array(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  static Array64 transpose(Call call) {
    Array64 x = call.input(0);
    int[] permutation = call.ints(1);
    int[] shape = new int[x.rank()];
    Arrays.setAll(shape, i -> x.size(Call.axis(permutation[i], x.rank())));
    return Array64.generate(
        shape,
        index -> {
          int[] source = new int[index.length];
          for (int i = 0; i < source.length; i++) {
            source[Call.axis(permutation[i], source.length)] = index[i];
          }
          return x.at(source);
        });
  }

  static Array64 concatenate(List<Array64> parts, int axis) {
    int[] shape = parts.get(0).sizes();
    shape[axis] = parts.stream().mapToInt(part -> part.size(axis)).sum();
    return Array64.generate(
        shape,
        index -> {
          int position = index[axis];
          for (Array64 part : parts) {
            if (position < part.size(axis)) {
              return part.at(Call.with(index, axis, position));
            }
            position -= part.size(axis);
          }
          throw new IllegalStateException("beyond the last part");
        });
  }

  static Array64 concatenation(Call call) {
    OperatorOptions.Concatenation options = call.options(OperatorOptions.Concatenation.class);
    int axis = Call.axis(options.axis(), call.input(0).rank());
    return ElementwiseReference.activated(concatenate(call.all(), axis), options.activation());
  }

  static Array64 pack(Call call) {
    int axis = Call.axis(call.options(OperatorOptions.Pack.class).axis(), call.input(0).rank() + 1);
    return concatenate(call.all().stream().map(part -> expanded(part, axis)).toList(), axis);
  }

  static Array64 part(Array64 x, int axis, int begin, int size) {
    return Array64.generate(
        Call.with(x.sizes(), axis, size),
        index -> x.at(Call.with(index, axis, index[axis] + begin)));
  }

  static List<Array64> split(Call call) {
    boolean isEven = call.operator().code() == Builtin.SPLIT;
    Array64 x = call.input(isEven ? 1 : 0);
    int axis = Call.axis(call.ints(isEven ? 0 : 2)[0], x.rank());
    int[] sizes = isEven ? new int[call.results()] : call.ints(1);
    if (isEven) {
      Arrays.fill(sizes, x.size(axis) / sizes.length);
    }
    int open = x.size(axis) - Arrays.stream(sizes).filter(size -> size > 0).sum();
    List<Array64> parts = new ArrayList<>();
    int begin = 0;
    for (int size : sizes) {
      parts.add(part(x, axis, begin, size < 0 ? open : size));
      begin += size < 0 ? open : size;
    }
    return parts;
  }

  static List<Array64> unpack(Call call) {
    Array64 x = call.input(0);
    int axis = Call.axis(call.options(OperatorOptions.Unpack.class).axis(), x.rank());
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.remove(axis);
    List<Array64> parts = new ArrayList<>();
    for (int i = 0; i < x.size(axis); i++) {
      parts.add(part(x, axis, i, 1).reshaped(array(shape)));
    }
    return parts;
  }

  static Array64 pad(Call call) {
    Array64 x = call.input(0);
    int[] paddings = call.ints(1);
    double around = call.has(2) ? call.input(2).get(0) : 0;
    return Array64.generate(
        padded(x, paddings),
        index -> {
          int[] source = new int[index.length];
          for (int i = 0; i < source.length; i++) {
            source[i] = index[i] - paddings[2 * i];
            if (source[i] < 0 || source[i] >= x.size(i)) {
              return around;
            }
          }
          return x.at(source);
        });
  }

  private static int[] padded(Array64 x, int[] paddings) {
    int[] shape = x.sizes();
    for (int i = 0; i < shape.length; i++) {
      shape[i] += paddings[2 * i] + paddings[2 * i + 1];
    }
    return shape;
  }

  static Array64 mirrorPad(Call call) {
    Array64 x = call.input(0);
    int[] paddings = call.ints(1);
    int edge = call.options(OperatorOptions.MirrorPad.class).isSymmetric() ? 1 : 0;
    return Array64.generate(
        padded(x, paddings),
        index -> {
          int[] source = new int[index.length];
          for (int i = 0; i < source.length; i++) {
            int position = index[i] - paddings[2 * i];
            int last = x.size(i) - 1;
            position = position < 0 ? -position - edge : position;
            source[i] = position > last ? 2 * last - position + edge : position;
          }
          return x.at(source);
        });
  }

  static Array64 reverse(Call call) {
    Array64 x = call.input(0);
    int[] axes = call.ints(1);
    return Array64.generate(
        x.sizes(),
        index -> {
          int[] source = index.clone();
          for (int axis : axes) {
            int own = Call.axis(axis, source.length);
            source[own] = x.size(own) - 1 - index[own];
          }
          return x.at(source);
        });
  }

  static Array64 tile(Call call) {
    Array64 x = call.input(0);
    int[] repeats = call.ints(1);
    int[] shape = x.sizes();
    Arrays.setAll(shape, i -> x.size(i) * repeats[i]);
    return Array64.generate(
        shape,
        index -> {
          int[] source = index.clone();
          Arrays.setAll(source, i -> index[i] % x.size(i));
          return x.at(source);
        });
  }

  static Array64 broadcastTo(Call call) {
    return Array64.generate(call.ints(1), call.input(0)::broadcastAt);
  }

  static Array64 gather(Call call) {
    Gather options = call.options(Gather.class);
    Array64 x = call.input(0);
    Array64 numbers = call.input(1);
    int axis = Call.axis(options.axis(), x.rank());
    List<Integer> shape = new ArrayList<>(x.shape().subList(0, axis));
    shape.addAll(numbers.shape());
    shape.addAll(x.shape().subList(axis + 1, x.rank()));
    return Array64.generate(
        array(shape),
        index -> {
          int[] source = new int[x.rank()];
          int[] which = Arrays.copyOfRange(index, axis, axis + numbers.rank());
          System.arraycopy(index, 0, source, 0, axis);
          source[axis] = (int) numbers.at(which);
          int after = source.length - axis - 1;
          System.arraycopy(index, axis + numbers.rank(), source, axis + 1, after);
          return x.at(source);
        });
  }

  static Array64 gatherByLists(Call call) {
    Array64 x = call.input(0);
    Array64 lists = call.input(1);
    int outer = lists.rank() - 1;
    int named = lists.size(outer);
    List<Integer> shape = new ArrayList<>(lists.shape().subList(0, outer));
    shape.addAll(x.shape().subList(named, x.rank()));
    return Array64.generate(
        array(shape),
        index -> {
          int[] source = new int[x.rank()];
          int[] which = Arrays.copyOf(index, lists.rank());
          for (int i = 0; i < named; i++) {
            source[i] = (int) lists.at(Call.with(which, outer, i));
          }
          System.arraycopy(index, outer, source, named, x.rank() - named);
          return x.at(source);
        });
  }
}
