package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * {@link Preprocessing} between two shapes.
 *
 * <p>Thread rule: immutable; any thread.
 */
public final class Preprocessor {

  private final int dataRowSize;
  private final int modelRowSize;
  private final @Nullable ImageSteps images;
  private final Standardization standardization;

  Preprocessor(
      int dataRowSize,
      int modelRowSize,
      @Nullable ImageSteps images,
      Standardization standardization) {
    if (dataRowSize < 1 || modelRowSize < 1) {
      throw new DataException(Reason.WRONG_SHAPE, "an example has no values at all");
    }
    this.dataRowSize = dataRowSize;
    this.modelRowSize = modelRowSize;
    this.images = images;
    this.standardization = standardization;
  }

  /** How many values a row has before. */
  public int dataRowSize() {
    return dataRowSize;
  }

  /** How many values a row has afterwards. */
  public int modelRowSize() {
    return modelRowSize;
  }

  /**
   * Prepares a batch.
   *
   * @param batch whole rows of {@link #dataRowSize} values; it is not changed
   * @return as many rows of {@link #modelRowSize} values
   * @throws DataException when the batch has a broken row, or comes out too large or not finite
   */
  public float[] apply(float[] batch) {
    long size = (long) batch.length / dataRowSize * modelRowSize;
    if (batch.length % dataRowSize != 0 || size > Integer.MAX_VALUE - 8) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "%d values are no whole number of examples of %d, or become more than an array holds"
              .formatted(batch.length, dataRowSize));
    }
    float[] prepared = images == null ? batch.clone() : arranged(batch, images, (int) size);
    standardization.apply(prepared);
    requireFinite(prepared);
    return prepared;
  }

  private float[] arranged(float[] batch, ImageSteps steps, int size) {
    float[] prepared = new float[size];
    float[] scratch = new float[dataRowSize];
    for (int row = 0; row < batch.length / dataRowSize; row++) {
      steps.apply(batch, row, scratch, prepared);
    }
    return prepared;
  }

  private void requireFinite(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new DataException(
            Reason.NOT_FINITE,
            "value %d of example %d of the batch is not finite after preprocessing"
                .formatted(i % modelRowSize, i / modelRowSize));
      }
    }
  }
}
