package io.covey.models.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Training the digits model, against TensorFlow's record of the same. */
class TrainingSessionTest {

  private static LoadedModel digitsModel() {
    return ModelRuntime.tensorFlowLite().load(Fixtures.bytes("digits.tflite"));
  }

  @Test
  void lossesFollowTensorFlowStepByStep() {
    String reference = Fixtures.text("digits-reference.json");
    float learningRate = (float) Fixtures.numbers(reference, "learning_rate")[0];
    double[] losses = Fixtures.numbers(reference, "losses");
    assertThat(losses).hasSize(20);
    try (LoadedModel model = digitsModel();
        TrainingSession session = model.openTraining()) {
      for (int step = 0; step < losses.length; step++) {
        float loss =
            session.train(
                Fixtures.digits(), Fixtures.oneHotLabels(), Fixtures.DIGITS, learningRate);
        assertThat((double) loss).as("loss of step %d", step).isCloseTo(losses[step], within(1e-4));
      }
    }
  }
}
