package io.covey.models.runtime;

import static io.covey.models.runtime.Fixtures.CLASSES;
import static io.covey.models.runtime.Fixtures.DIGITS;
import static io.covey.models.runtime.Fixtures.PIXELS;
import static io.covey.models.runtime.Refusals.assertNotLoaded;
import static io.covey.models.runtime.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Serving models, against TensorFlow's record of the same. */
class InferenceSessionTest {

  private final float[] digits = Fixtures.digits();
  private final float[] expected = Fixtures.floats("plain-digits-output.f32");

  private static LoadedModel load(String resource) {
    return ModelRuntime.tensorFlowLite().load(Fixtures.bytes(resource));
  }

  @Test
  void outputsAreTensorFlowsOwnInBatchesOfAnySize() {
    try (LoadedModel model = load("plain-digits.tflite");
        InferenceSession session = model.openInference()) {
      for (int batch : new int[] {DIGITS, 1, 5, DIGITS, 2}) {
        float[] actual = new float[batch * CLASSES];
        float[] some = Arrays.copyOf(digits, batch * PIXELS);
        assertThat(session.infer(some, batch, actual)).isEqualTo(actual.length);
        assertThat(actual).containsExactly(Arrays.copyOf(expected, actual.length), within(1e-5f));
      }
    }
  }

  @Test
  void wholeTensorsGiveTheSame() {
    try (LoadedModel model = load("plain-digits.tflite");
        InferenceSession session = model.openInference()) {
      TensorSpec input = session.signature().inputs().get(0);
      Tensor tensor = Tensor.ofFloats(List.of(DIGITS, 8, 8, 1), digits);
      Map<String, Tensor> outputs = session.run(Map.of(input.name(), tensor));
      Tensor output = output(outputs, session.signature().outputs().get(0).name());
      assertThat(output.shape()).containsExactly(DIGITS, CLASSES);
      assertThat(output.toFloats()).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void convolutionsAndTheirQuantizedFormAgreeWithTensorFlow() {
    float[] reference = Fixtures.floats("plain-cnn-output.f32");
    float[] actual = new float[reference.length];
    try (LoadedModel plain = load("plain-cnn.tflite");
        LoadedModel quantized = load("int8-cnn.tflite");
        InferenceSession plainSession = plain.openInference();
        InferenceSession quantizedSession = quantized.openInference()) {
      plainSession.infer(digits, DIGITS, actual);
      assertThat(actual).containsExactly(reference, within(1e-5f));
      quantizedSession.infer(digits, DIGITS, actual);
      assertThat(actual).containsExactly(reference, within(0.2f)).isNotEqualTo(reference);
    }
  }

  @Test
  void buffersAreReadWhereTheyStandAndWrittenWhereTheyStand() {
    FloatBuffer input =
        ByteBuffer.allocateDirect(4 * (PIXELS + 3)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    input.position(3).put(digits, 0, PIXELS).position(3);
    FloatBuffer output = FloatBuffer.allocate(CLASSES + 4);
    output.position(2);
    try (LoadedModel model = load("plain-digits.tflite");
        InferenceSession session = model.openInference()) {
      session.infer(input, 1, output);
    }
    assertThat(input.position()).isEqualTo(3);
    assertThat(output.position()).isEqualTo(2 + CLASSES);
    assertThat(Arrays.copyOfRange(output.array(), 2, 2 + CLASSES))
        .containsExactly(Arrays.copyOf(expected, CLASSES), within(1e-5f));
    assertThat(output.array()[1]).isZero();
  }

  @Test
  void everyElementTypeGoesInAndComesOut() {
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("float32", Tensor.ofFloats(List.of(2), 1.5f, -2));
    inputs.put("int32", Tensor.ofInts(List.of(3), 1, -2, 1000));
    inputs.put("int64", Tensor.ofLongs(List.of(1), -70_000));
    inputs.put("uint8", bytes(ElementType.UINT8, List.of(2), 100, 0));
    inputs.put("int8", bytes(ElementType.INT8, List.of(2), -60, 5));
    inputs.put("bool", bytes(ElementType.BOOL, List.of(1, 2), 1, 0));
    ByteBuffer shorts = ByteBuffer.allocate(2).order(ByteOrder.nativeOrder());
    inputs.put(
        "int16", Tensor.of(ElementType.INT16, List.of(1), shorts.putShort((short) -300).flip()));
    try (LoadedModel model = load("types.tflite");
        InferenceSession session = model.openInference()) {
      Map<String, Tensor> outputs = session.run(inputs);
      assertThat(output(outputs, "float32_out").toFloats()).containsExactly(3, -4);
      assertThat(longs(output(outputs, "int32_out"))).containsExactly(2, -4, 2000);
      assertThat(longs(output(outputs, "int64_out"))).containsExactly(-140_000);
      assertThat(longs(output(outputs, "uint8_out"))).containsExactly(200, 0);
      assertThat(longs(output(outputs, "int8_out"))).containsExactly(-120, 10);
      assertThat(longs(output(outputs, "int16_out"))).containsExactly(-600);
      assertThat(longs(output(outputs, "bool_out"))).containsExactly(0, 1);
      assertThat(output(outputs, "bool_out").shape()).containsExactly(1, 2);
      assertRefused(Reason.WRONG_TYPE, () -> session.infer(digits, 1, new float[1]))
          .hasMessageContaining("use run with tensors");
    }
  }

  @Test
  void tensorsThatDoNotFitAreRefusedByNameAndHarmNothing() {
    try (LoadedModel model = load("plain-digits.tflite");
        InferenceSession session = model.openInference()) {
      String name = session.signature().inputs().get(0).name();
      Tensor good = Tensor.ofFloats(List.of(1, 8, 8, 1), Arrays.copyOf(digits, PIXELS));
      assertRefused(Reason.UNKNOWN_SIGNATURE, () -> session.run(Map.of()));
      assertRefused(Reason.UNKNOWN_SIGNATURE, () -> session.run(Map.of("other", good)))
          .hasMessageContaining(name);
      assertRefused(Reason.UNKNOWN_SIGNATURE, () -> session.run(Map.of(name, good, "x", good)));
      Tensor ints = Tensor.ofInts(List.of(1, 8, 8, 1), new int[PIXELS]);
      assertRefused(Reason.WRONG_TYPE, () -> session.run(Map.of(name, ints)))
          .hasMessageContaining("INT32");
      for (List<Integer> shape :
          List.of(List.of(PIXELS), List.of(1, 8, 8, 1, 1), List.of(1, 4, 16, 1))) {
        Tensor wrong = Tensor.ofFloats(shape, new float[PIXELS]);
        assertRefused(Reason.WRONG_SHAPE, () -> session.run(Map.of(name, wrong)));
      }
      Tensor none = Tensor.ofFloats(List.of(0, 8, 8, 1));
      assertRefused(Reason.WRONG_SHAPE, () -> session.run(Map.of(name, none)));
      assertRefused(Reason.WRONG_SHAPE, () -> session.infer(digits, 31, new float[999]));
      assertRefused(Reason.WRONG_SHAPE, () -> session.infer(digits, 0, new float[999]));
      assertRefused(Reason.WRONG_SHAPE, () -> session.infer(digits, DIGITS, new float[319]));
      assertThat(session.run(Map.of(name, good))).hasSize(1);
    }
  }

  @Test
  void aFixedBatchIsToldApartFromAnyOther() {
    try (LoadedModel model = load("fixed-batch.tflite");
        InferenceSession session = model.openInference()) {
      float[] out = new float[4];
      float[] x = {0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0};
      assertRefused(Reason.WRONG_SHAPE, () -> session.infer(new float[6], 2, out))
          .hasMessageContaining("batches of exactly 4, not 2");
      assertThat(session.infer(x, 4, out)).isEqualTo(4);
      float e = (float) Math.E;
      assertThat(out).containsExactly(new float[] {3, 3 * e, 2 + e, 3}, within(1e-5f));
    }
  }

  @Test
  void aBatchThatIsFixedInTheModelsMiddleIsRefusedWhenLoaded() {
    assertNotLoaded(Reason.EXECUTION_FAILED, Fixtures.bytes("fixed-inside.tflite"))
        .hasMessageContaining("holds one batch size in its middle");
  }

  @Test
  void filesWithoutSignaturesServeTheirMainGraph() {
    byte[] bare =
        AlteredModel.of("plain-digits.tflite", altered -> altered.model().setSignatureDefs(null));
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(bare);
        InferenceSession session = model.openInference()) {
      assertThat(session.signature().name()).isEmpty();
      float[] actual = new float[expected.length];
      session.infer(digits, DIGITS, actual);
      assertThat(actual).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void servesTheParametersThatWereRestored() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession training = model.openTraining();
        InferenceSession serving = model.openInference()) {
      for (int step = 0; step < 40; step++) {
        training.train(digits, Fixtures.labels(), DIGITS, 0.5f);
      }
      float[] parameters = new float[training.layout().size()];
      training.readParameters(parameters);
      serving.restore(parameters);
      float[] logits = new float[DIGITS * CLASSES];
      serving.infer(digits, DIGITS, logits);
      int[] labels = Fixtures.labels();
      for (int i = 0; i < DIGITS; i++) {
        assertThat(largest(logits, i)).as("digit %d", i).isEqualTo(labels[i]);
      }
    }
  }

  @Test
  void plainModelsHaveNothingToRestore() {
    try (LoadedModel model = load("plain-digits.tflite");
        InferenceSession session = model.openInference()) {
      assertRefused(Reason.UNSUPPORTED_CONVENTION, () -> session.restore(new float[1]));
    }
  }

  @Test
  void sessionsOfOneModelRunSideBySide() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (LoadedModel model = load("plain-digits.tflite")) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(threads.submit(() -> lastOf(model, 200)));
      }
      for (Future<float[]> result : results) {
        assertThat(result.get(60, TimeUnit.SECONDS)).containsExactly(expected, within(1e-5f));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private float[] lastOf(LoadedModel model, int runs) {
    float[] actual = new float[expected.length];
    try (InferenceSession session = model.openInference()) {
      for (int run = 0; run < runs; run++) {
        Arrays.fill(actual, 0);
        session.infer(digits, DIGITS, actual);
      }
    }
    return actual;
  }

  private static Tensor bytes(ElementType type, List<Integer> shape, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return Tensor.of(type, shape, bytes.flip());
  }

  private static Tensor output(Map<String, Tensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }

  private static long[] longs(Tensor tensor) {
    return IntStream.range(0, tensor.elements()).mapToLong(tensor::longAt).toArray();
  }

  private static int largest(float[] logits, int row) {
    int best = 0;
    for (int column = 1; column < CLASSES; column++) {
      if (logits[row * CLASSES + column] > logits[row * CLASSES + best]) {
        best = column;
      }
    }
    return best;
  }
}
