package io.covey.edgeagent.serving;

import io.covey.edgeagent.serving.ServedVersion.Concurrency;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Toys that are served. */
final class ServingFixtures {
  static final ModelName TOY = new ModelName("toy");
  static final int FEATURES = 2;
  static final int CLASSES = 3;

  private ServingFixtures() {}

  static ServingModels models(int sessions, Duration longestWait) {
    return new ServingModels(new Concurrency(sessions, longestWait));
  }

  /** Two features, three classes, all weights {@code value}. */
  static ServableModel toy(ToyRuntime runtime, float value) {
    float[] weights = new float[FEATURES * CLASSES];
    Arrays.fill(weights, value);
    return ServableModel.load(runtime, ToyRuntime.file(FEATURES, CLASSES), Optional.of(weights));
  }

  static ModelVersion version(int number) {
    return new ModelVersion(number);
  }
}
