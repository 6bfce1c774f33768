package io.covey.coordinator.training;

import io.covey.coordinator.registry.CalibrationData;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataException;
import io.covey.models.data.DataFiles;
import io.covey.models.data.DataLimits;
import io.covey.models.data.DataSet;
import io.covey.models.data.FloatArray;
import io.covey.models.data.IntArray;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.Preprocessor;
import io.covey.models.data.Targets;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calibration samples from an upload into the artifact store, and out of it. Blocks; any thread.
 *
 * <p>They are kept as the model takes them, so that no later version reads a stranger's file again.
 */
final class CalibrationFiles {
  private static final long MAXIMUM_BYTES = 64L << 20;
  private static final long PREPARED_BYTES = 256L << 20;
  private static final int MAXIMUM_SAMPLES = 10_000;
  private static final DataLimits LIMITS =
      new DataLimits(MAXIMUM_BYTES, MAXIMUM_BYTES, MAXIMUM_SAMPLES);

  private final ArtifactFiles files;

  CalibrationFiles(ArtifactFiles files) {
    this.files = files;
  }

  /** Samples as the model takes them, and the class of each where it is known. */
  record Samples(FloatArray values, @Nullable IntArray labels) {}

  /**
   * Checks samples, prepares them, and keeps them.
   *
   * @throws IllegalArgumentException when they are none that the model takes
   */
  CalibrationData keep(PlainUpload.Samples upload, Preprocessing preprocessing, ModelGraph plain) {
    try {
      DataSet data =
          new DataFiles(LIMITS).read(new ByteArrayInputStream(upload.file()), upload.format());
      if (data.size() == 0) {
        throw new IllegalArgumentException("the calibration samples are none; give some");
      }
      Preprocessor preprocessor =
          preprocessing.between(data.features().shape().row(), inputRow(plain));
      requireRoom((long) data.size() * preprocessor.modelRowSize() * Float.BYTES);
      float[] prepared = preprocessor.apply(data.features().toArray());
      Optional<int[]> labels =
          data.targets() instanceof Targets.Classes classes
              ? Optional.of(classes.labels().toArray())
              : Optional.empty();
      return new CalibrationData(
          files.store().put(Weights.format(prepared)),
          labels.map(numbers -> files.store().put(format(numbers))),
          data.size());
    } catch (DataException e) {
      throw new IllegalArgumentException("the calibration samples: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }

  private static void requireRoom(long bytes) {
    if (bytes > PREPARED_BYTES) {
      throw new IllegalArgumentException(
          "the calibration samples take %d bytes as the model takes them, allowed are %d; give fewer"
              .formatted(bytes, PREPARED_BYTES));
    }
  }

  /** Reads samples that were kept. */
  Samples read(CalibrationData kept, ModelGraph plain) {
    List<Integer> shape = new ArrayList<>(List.of(kept.count()));
    shape.addAll(inputRow(plain).dimensions());
    FloatArray values =
        FloatArray.of(new ArrayShape(shape), Weights.parse(files.content(kept.samples())));
    return new Samples(
        values, kept.labels().map(digest -> parse(files.content(digest))).orElse(null));
  }

  /** The shape of one sample. */
  private static ArrayShape inputRow(ModelGraph plain) {
    Subgraph main = plain.main();
    GraphTensor input = main.tensor(main.inputs().get(0));
    List<Integer> row = input.shape().subList(1, input.shape().size());
    if (main.inputs().size() != 1 || row.stream().anyMatch(dimension -> dimension < 1)) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "calibration needs one input of a fixed size, but input '"
              + input.name()
              + "' has shape "
              + input.shape()
              + "; choose another serving form, or export the model with a fixed size");
    }
    return new ArrayShape(row);
  }

  private static byte[] format(int[] labels) {
    ByteBuffer file =
        ByteBuffer.allocate(labels.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.asIntBuffer().put(labels);
    return file.array();
  }

  private static IntArray parse(byte[] file) {
    int[] labels = new int[file.length / Integer.BYTES];
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(labels);
    return IntArray.of(ArrayShape.of(labels.length), labels);
  }
}
