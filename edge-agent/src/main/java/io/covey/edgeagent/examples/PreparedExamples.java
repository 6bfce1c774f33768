package io.covey.edgeagent.examples;

import io.covey.models.data.Preprocessor;

/**
 * Examples as a model takes them, made from raw ones when they are asked for. As thread-safe as the
 * raw ones.
 *
 * @param raw examples of {@link Preprocessor#dataRowSize} values
 */
public record PreparedExamples(ExampleStore raw, Preprocessor preprocessor)
    implements ExampleStore {

  /** Checks that they go together. */
  public PreparedExamples {
    if (raw.features() != preprocessor.dataRowSize()) {
      throw new IllegalArgumentException(
          "examples of %d values, but %d are prepared"
              .formatted(raw.features(), preprocessor.dataRowSize()));
    }
  }

  @Override
  public int size() {
    return raw.size();
  }

  @Override
  public int features() {
    return preprocessor.modelRowSize();
  }

  @Override
  public int classes() {
    return raw.classes();
  }

  @Override
  public int targets() {
    return raw.targets();
  }

  @Override
  public void copyFeatures(int index, float[] destination, int offset) {
    float[] row = new float[raw.features()];
    raw.copyFeatures(index, row, 0);
    float[] prepared = preprocessor.apply(row);
    System.arraycopy(prepared, 0, destination, offset, prepared.length);
  }

  @Override
  public int label(int index) {
    return raw.label(index);
  }

  @Override
  public void copyTargets(int index, float[] destination, int offset) {
    raw.copyTargets(index, destination, offset);
  }
}
