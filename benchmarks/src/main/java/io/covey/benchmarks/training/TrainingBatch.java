package io.covey.benchmarks.training;

import io.covey.models.data.DataException;
import io.covey.models.data.DataFiles;
import io.covey.models.data.DataFormat;
import io.covey.models.data.DataSet;
import io.covey.models.data.Targets;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.launch.CommandFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** The examples of every step, and the class of each. */
final class TrainingBatch {
  private final float[] x;
  private final int[] labels;

  private TrainingBatch(float[] x, int[] labels) {
    this.x = x;
    this.labels = labels;
  }

  /** Gaussian features and uniform classes. */
  static TrainingBatch random(int size, int features, int classes, long seed) {
    Random random = new Random(seed);
    float[] x = new float[Math.multiplyExact(size, features)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return new TrainingBatch(x, random.ints(size, 0, classes).toArray());
  }

  /** The first {@code size} examples of an {@code .npz} with the arrays x and y. */
  static TrainingBatch read(Path file, int size, int features) {
    DataSet set = dataSet(file);
    if (!(set.targets() instanceof Targets.Classes classes)) {
      throw CommandFailedException.usage(
          file + " has values where classes should be", "give whole numbers in y");
    }
    float[] x = set.features().toArray();
    if (set.size() < size || x.length != (long) set.size() * features) {
      throw CommandFailedException.usage(
          "%s has %d examples, of %d values in all".formatted(file, set.size(), x.length),
          "give at least %d examples of %d values each".formatted(size, features));
    }
    return new TrainingBatch(
        Arrays.copyOf(x, size * features), Arrays.copyOf(classes.labels().toArray(), size));
  }

  private static DataSet dataSet(Path file) {
    try {
      return new DataFiles().read(file, new DataFormat.Npz("x", "y"));
    } catch (DataException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), "correct the file")
          .causedBy(e);
    } catch (IOException e) {
      throw CommandFailedException.usage("cannot read " + file, "give an .npz with x and y")
          .causedBy(e);
    }
  }

  int size() {
    return labels.length;
  }

  /** Takes a step and gives the loss before it. */
  float train(TrainingSession session, float learningRate) {
    return session.train(x, labels, labels.length, learningRate);
  }
}
