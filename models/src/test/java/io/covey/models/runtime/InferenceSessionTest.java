package io.covey.models.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Serving models, against TensorFlow's record of the same. */
class InferenceSessionTest {

  @Test
  void outputsAreTensorFlowsOwn() {
    float[] expected = Fixtures.floats("plain-digits-output.f32");
    float[] actual = new float[expected.length];
    try (LoadedModel model =
            ModelRuntime.tensorFlowLite().load(Fixtures.bytes("plain-digits.tflite"));
        InferenceSession session = model.openInference()) {
      assertThat(session.infer(Fixtures.digits(), Fixtures.DIGITS, actual))
          .isEqualTo(expected.length);
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("output %d", i).isCloseTo(expected[i], within(1e-5f));
    }
  }
}
