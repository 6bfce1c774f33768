package io.covey.coordinator.workbench;

import io.covey.models.data.ArrayShape;
import io.covey.models.data.ColumnNames;
import io.covey.models.data.DataException;
import io.covey.models.data.DataFiles;
import io.covey.models.data.DataFormat;
import io.covey.models.data.DataSet;
import io.covey.models.data.FloatArray;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.RawShape;
import io.covey.protocols.launch.CommandFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how examples lie in a file, and what is done to them. */
final class DataOptions {

  /** What a column of labels holds, as it is written on the command line. */
  enum LabelKindName {
    NUMBERS(DataFormat.LabelKind.NUMBERS),
    NAMES(DataFormat.LabelKind.NAMES),
    VALUES(DataFormat.LabelKind.VALUES);

    private final DataFormat.LabelKind kind;

    LabelKindName(DataFormat.LabelKind kind) {
      this.kind = kind;
    }
  }

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "The column of labels of a CSV file, by name or number from 1 on.")
  private @Nullable String label;

  @Option(
      names = "--label-kind",
      paramLabel = "KIND",
      defaultValue = "numbers",
      description = "Labels are numbers of classes, names of classes, or values (default numbers).")
  private LabelKindName labelKind = LabelKindName.NUMBERS;

  @Option(
      names = "--features",
      paramLabel = "COLUMNS",
      description = "The columns of features, such as p0..p63 (default: all but the label).")
  private @Nullable String features;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      description = "The shape of a raw float32 file, such as n,28,28,1.")
  private @Nullable String shape;

  @Option(
      names = "--scale",
      paramLabel = "F",
      defaultValue = "1",
      description = "Factor on every value, such as 0.00392157 for bytes (default 1).")
  private float scale = 1;

  @Option(
      names = "--mean",
      paramLabel = "M",
      split = ",",
      description = "Taken off the scaled values: one number, or one for each channel.")
  private List<Float> mean = List.of();

  @Option(
      names = "--deviation",
      paramLabel = "D",
      split = ",",
      description = "What values are divided by then: one number, or one for each channel.")
  private List<Float> deviation = List.of();

  @Option(names = "--channels-first", description = "Images lie channel by channel.")
  private boolean channelsFirst;

  @Option(
      names = "--resize",
      paramLabel = "HOW",
      defaultValue = "none",
      description = "Bring images to the model's size: none, nearest or bilinear (default none).")
  private Preprocessing.Resizing resize = Preprocessing.Resizing.NONE;

  /** Reads all of {@code file}, with labels when it has any. */
  DataSet read(Path file, boolean needsLabels) {
    DataFormat format = format(file, needsLabels);
    try {
      return new DataFiles().read(file, format);
    } catch (DataException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), "correct the file")
          .causedBy(e);
    } catch (IOException e) {
      throw CommandFailedException.usage("cannot read " + file, "give the path of a data file")
          .causedBy(e);
    }
  }

  private DataFormat format(Path file, boolean needsLabels) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return new DataFormat.Npz("x", needsLabels ? "y" : null);
    }
    if (name.endsWith(".npy")) {
      return new DataFormat.Npy();
    }
    if (shape != null) {
      return new DataFormat.Raw(parsed(shape));
    }
    if (needsLabels && label == null) {
      throw CommandFailedException.usage(
          "which column of " + file + " has the labels is not said", "give it with --label");
    }
    List<String> columns = features == null ? List.of() : columns(features);
    DataFormat.LabelColumn column =
        label == null ? null : new DataFormat.LabelColumn(label, labelKind.kind);
    return new DataFormat.Csv(columns, column);
  }

  private static RawShape parsed(String shape) {
    try {
      return RawShape.parse(shape);
    } catch (DataException e) {
      throw CommandFailedException.usage("--shape: " + e.getMessage(), "correct it").causedBy(e);
    }
  }

  private static List<String> columns(String description) {
    try {
      return ColumnNames.parse(description);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage("--features: " + e.getMessage(), "correct it").causedBy(e);
    }
  }

  /**
   * The features as a model takes them, one example after the other.
   *
   * @param row the shape of one example in the model's input
   */
  float[] prepared(FloatArray data, List<Integer> row) {
    try {
      Preprocessing steps =
          new Preprocessing(
              scale,
              mean,
              deviation,
              channelsFirst
                  ? Preprocessing.Layout.CHANNELS_FIRST
                  : Preprocessing.Layout.CHANNELS_LAST,
              Preprocessing.ChannelOrder.AS_STORED,
              resize);
      return steps
          .between(data.shape().row(), new ArrayShape(new ArrayList<>(row)))
          .apply(data.toArray());
    } catch (DataException | IllegalArgumentException e) {
      throw CommandFailedException.failed(
              "the data do not fit the model: " + e.getMessage(),
              "see 'covey model inspect' for what it takes")
          .causedBy(e);
    }
  }
}
