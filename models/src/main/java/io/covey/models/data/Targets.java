package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.List;
import java.util.Objects;

/** What is to be predicted from the features, one entry a row. */
public sealed interface Targets {

  /** A file that has features only, such as examples for calibration. */
  record None() implements Targets {}

  /**
   * A class for each row.
   *
   * @param labels shape {@code (n)}, each from 0 to {@value #MAXIMUM_LABEL}
   * @param names of the classes, by number; empty when the file itself has numbers
   */
  record Classes(IntArray labels, List<String> names) implements Targets {

    /** The largest label; what counts classes stays small whatever a file says. */
    public static final int MAXIMUM_LABEL = 1_000_000;

    /**
     * Checks labels and names.
     *
     * @throws DataException when a label is not one
     */
    public Classes {
      names = List.copyOf(names);
      if (labels.shape().rank() != 1) {
        throw new DataException(
            Reason.WRONG_SHAPE, "labels have shape " + labels.shape() + ", expected one a row");
      }
      int end = names.isEmpty() ? MAXIMUM_LABEL + 1 : names.size();
      for (int i = 0; i < labels.shape().rows(); i++) {
        if (labels.valueAt(i) < 0 || labels.valueAt(i) >= end) {
          throw new DataException(
              Reason.WRONG_LABEL,
              "label %d of row %d is not in 0..%d".formatted(labels.valueAt(i), i, end - 1));
        }
      }
    }

    /** How many classes have names, or one more than the highest label; 0 without rows. */
    public int count() {
      if (!names.isEmpty()) {
        return names.size();
      }
      int highest = -1;
      for (int i = 0; i < labels.shape().rows(); i++) {
        highest = Math.max(highest, labels.valueAt(i));
      }
      return highest + 1;
    }
  }

  /**
   * Numbers for each row.
   *
   * @param values shape {@code (n, ...)}
   */
  record Values(FloatArray values) implements Targets {

    /** Checks that there is an array. */
    public Values {
      Objects.requireNonNull(values, "values");
    }
  }

  /**
   * Whole numbers of shape {@code (n)} or {@code (n, 1)} as classes, any other numbers as values.
   *
   * @throws DataException when a whole number is no label
   */
  static Targets of(NumericArray array) {
    if (array instanceof IntArray integers) {
      int rows = integers.shape().rows();
      if (integers.shape().row().elements() == 1) {
        IntArray labels = IntArray.adopt(ArrayShape.of(rows), integers.toArray());
        return new Classes(labels, List.of());
      }
    }
    return new Values(array.toFloatArray());
  }
}
