package io.covey.models.shape;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import java.util.ArrayList;
import java.util.List;

/**
 * What a STRIDED_SLICE takes, as its kernel works it out: {@code x[begin:end:stride, ..., None, 3]}
 * in Python, in which what lies beyond an end is that end.
 *
 * @param ranges one for each dimension of what is sliced
 * @param shape of what the slice gives: without dimensions that it drops, and with those it adds
 */
public record StridedRanges(List<Range> ranges, List<Integer> shape) {

  /** The kernel's most dimensions, with those that are added. */
  private static final int MOST_ENTRIES = 5;

  /** The kernel adds a stride to a position until it is beyond the end, in an int. */
  private static final int LONGEST_STRIDE = 1 << 24;

  /** Copies. */
  public StridedRanges {
    ranges = List.copyOf(ranges);
    shape = List.copyOf(shape);
  }

  /**
   * One dimension of what is sliced.
   *
   * @param begin the first element taken
   * @param stride how far apart elements are; negative when they come in reverse
   * @param size how many are taken; {@link GraphTensor#ANY} when all of an unknown number
   */
  public record Range(int begin, int stride, int size) {}

  /** The operator's three lists of numbers. */
  public record Bounds(List<Integer> begin, List<Integer> end, List<Integer> stride) {

    /** Copies and checks that they are of one length. */
    public Bounds {
      begin = List.copyOf(begin);
      end = List.copyOf(end);
      stride = List.copyOf(stride);
      int entries = begin.size();
      if (entries != end.size() || entries != stride.size() || entries > MOST_ENTRIES) {
        throw new IllegalArgumentException(
            "a slice with "
                + entries
                + " begins, "
                + end.size()
                + " ends and "
                + stride.size()
                + " strides, of which there can be "
                + MOST_ENTRIES);
      }
    }
  }

  /**
   * Of what has the shape {@code sizes}.
   *
   * @throws IllegalArgumentException when the slice names more dimensions than there are, has a
   *     stride of 0, an element that is not there or an ellipsis beside ends that are offsets
   *     (which the kernel empties), or takes a part of an unknown size
   */
  public static StridedRanges of(List<Integer> sizes, StridedSlice options, Bounds bounds) {
    return new Reader(sizes, options, bounds).read();
  }

  /** Goes along the entries of the slice and the dimensions of what is sliced. */
  private static final class Reader {

    private final List<Integer> sizes;
    private final StridedSlice options;
    private final Bounds bounds;
    private final List<Range> ranges = new ArrayList<>();
    private final List<Integer> shape = new ArrayList<>();

    Reader(List<Integer> sizes, StridedSlice options, Bounds bounds) {
      this.sizes = sizes;
      this.options = options;
      this.bounds = bounds;
    }

    StridedRanges read() {
      int entries = bounds.begin().size();
      int within = (1 << entries) - 1;
      int ellipsis = options.ellipsisMask() & within;
      int added = options.newAxisMask() & within & ~ellipsis;
      int skipped = sizes.size() - entries + Integer.bitCount(ellipsis | added);
      if (skipped < 0 || Integer.bitCount(ellipsis) > 1) {
        throw new IllegalArgumentException(
            "a slice of " + entries + " entries does not fit the shape " + sizes);
      }
      if (ellipsis != 0 && options.endIsOffset()) {
        throw new IllegalArgumentException(
            "its ends are offsets beside an ellipsis, which the kernel empties");
      }
      for (int i = 0; i < entries; i++) {
        if ((ellipsis & 1 << i) != 0) {
          whole(skipped);
        } else if ((added & 1 << i) != 0) {
          shape.add(1);
        } else {
          take(i);
        }
      }
      whole(sizes.size() - ranges.size());
      return new StridedRanges(ranges, shape);
    }

    private void whole(int count) {
      for (int i = 0; i < count; i++) {
        int size = sizes.get(ranges.size());
        ranges.add(new Range(0, 1, size));
        shape.add(size);
      }
    }

    private void take(int entry) {
      boolean isShrunk = (options.shrinkAxisMask() & 1 << entry) != 0;
      Range range = range(entry, sizes.get(ranges.size()), isShrunk);
      ranges.add(range);
      if (!isShrunk) {
        shape.add(range.size());
      }
    }

    private Range range(int entry, int size, boolean isShrunk) {
      int bit = 1 << entry;
      int begin = bounds.begin().get(entry);
      int stride = bounds.stride().get(entry);
      int stop =
          options.endIsOffset()
              ? Math.addExact(begin, bounds.end().get(entry))
              : bounds.end().get(entry);
      boolean isBeginOpen = (options.beginMask() & bit) != 0;
      // The kernel does not look at the mask where ends are counted from the beginnings.
      boolean isEndOpen = !options.endIsOffset() && (options.endMask() & bit) != 0;
      if (size == GraphTensor.ANY) {
        requireWhole((isBeginOpen || begin == 0) && isEndOpen && stride == 1 && !isShrunk);
        return new Range(0, 1, GraphTensor.ANY);
      }
      if (stride == 0 || stride > LONGEST_STRIDE || stride < -LONGEST_STRIDE) {
        throw new IllegalArgumentException("a slice with a stride of " + stride);
      }
      if (isShrunk) {
        return single(counted(begin, size), size);
      }
      boolean isForward = stride > 0;
      int lowest = isForward ? 0 : -1;
      int last = isForward ? size : size - 1;
      int first = isForward ? 0 : size - 1;
      int from = isBeginOpen ? first : clamp(counted(begin, size), lowest, last);
      int to = isForward ? size : -1;
      to = isEndOpen ? to : clamp(counted(stop, size), lowest, last);
      return new Range(from, stride, taken(isForward ? to - from : from - to, stride));
    }

    /** How many elements lie in a span that may be negative. */
    private static int taken(int span, int stride) {
      // A long, since the absolute value of the smallest int is none, and the sum may be beyond.
      long step = Math.abs((long) stride);
      return (int) Math.max(0, (span + step - 1) / step);
    }

    private static Range single(int position, int size) {
      if (position < 0 || position >= size) {
        throw new IllegalArgumentException("a slice takes element " + position + " of " + size);
      }
      return new Range(position, 1, 1);
    }

    private static void requireWhole(boolean isWhole) {
      if (!isWhole) {
        throw new IllegalArgumentException(
            "it takes a part of a dimension of which each call chooses the size");
      }
    }

    private static int counted(int index, int size) {
      return index < 0 ? index + size : index;
    }

    private static int clamp(int value, int low, int high) {
      return Math.max(low, Math.min(high, value));
    }
  }
}
