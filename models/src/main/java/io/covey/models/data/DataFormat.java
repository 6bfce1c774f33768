package io.covey.models.data;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a file holds examples. */
public sealed interface DataFormat {

  /**
   * Comma-separated values (RFC 4180) in UTF-8 with a header line. Empty lines are skipped, and so
   * are lines that begin with {@code #}; spaces around a cell do not count.
   *
   * @param features columns by name, in the model's order; an empty list stands for all columns but
   *     the label's, in the file's order
   * @param label where the targets are, or null for features only
   */
  record Csv(List<String> features, @Nullable LabelColumn label) implements DataFormat {

    /** Copies the list. */
    public Csv {
      features = List.copyOf(features);
    }
  }

  /**
   * Where a table holds targets.
   *
   * @param column its name, or else its position from 1 on; a name that the header has comes first.
   *     Of {@link LabelKind#VALUES} also several columns: names separated by commas, or a range
   *     such as {@code y0..y3}
   * @param kind what it holds
   */
  record LabelColumn(String column, LabelKind kind) {

    /** Checks that there is a column. */
    public LabelColumn {
      Objects.requireNonNull(kind, "kind");
      if (column.isBlank()) {
        throw new IllegalArgumentException("the label's column has no name");
      }
      if (kind == LabelKind.VALUES) {
        var unused = ColumnNames.parse(column);
      }
    }

    /** The columns that {@link #column} stands for. */
    public List<String> columns() {
      return kind == LabelKind.VALUES ? ColumnNames.parse(column) : List.of(column);
    }
  }

  /** What a column of targets holds. */
  enum LabelKind {
    /** Classes as whole numbers from 0 on. */
    NUMBERS,
    /**
     * Classes as text. They are numbered from 0 in the order of their characters' codes, so that
     * the same names have the same numbers whatever the order of the rows and the language of the
     * machine.
     */
    NAMES,
    /** Any numbers, as for regression. */
    VALUES
  }

  /** One array in NumPy's {@code .npy} format, the features. */
  record Npy() implements DataFormat {}

  /**
   * Arrays in NumPy's {@code .npz} format, packed or not. Other arrays are passed over.
   *
   * @param features the array of features, such as {@code x}
   * @param targets the array of targets, such as {@code y}, or null for features only
   */
  record Npz(String features, @Nullable String targets) implements DataFormat {

    /** Checks that the names differ. */
    public Npz {
      if (features.equals(targets)) {
        throw new IllegalArgumentException(
            "features and targets are both the array '" + features + "'");
      }
    }
  }

  /** Float32, little-endian, in row-major order, without any header: the features. */
  record Raw(RawShape shape) implements DataFormat {

    /** Checks that there is a shape. */
    public Raw {
      Objects.requireNonNull(shape, "shape");
    }
  }
}
