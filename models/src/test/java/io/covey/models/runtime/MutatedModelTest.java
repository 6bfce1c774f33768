package io.covey.models.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of cut and altered files: each is refused, or loads and runs. A crash would end this
 * JVM and so fail the build; the printed seed says on which file.
 */
class MutatedModelTest {

  private static final int FILES = Integer.getInteger("covey.mutatedModels", 1200);
  private static final long SEED = Long.getLong("covey.seed", 20_251);
  private static final int BATCH = 3;

  @ParameterizedTest
  @ValueSource(strings = {"digits.tflite", "labels.tflite", "plain-cnn.tflite", "int8-cnn.tflite"})
  void alteredFilesAreRefusedOrRun(String resource) {
    byte[] file = Fixtures.bytes(resource);
    System.out.println(resource + ": seeds from " + SEED + " (covey.seed)");
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      refused += survives(altered(file, SEED + i)) ? 0 : 1;
    }
    // Most alterations hit weights or structure; if none or all were refused, this would test
    // nothing.
    assertThat(refused).isBetween(FILES / 10, FILES * 99 / 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits.tflite", "int8-cnn.tflite"})
  void cutOffFilesAreRefused(String resource) {
    byte[] file = Fixtures.bytes(resource);
    for (int length = 0; length < file.length - 16; length += 97) {
      assertThat(survives(Arrays.copyOf(file, length))).as("cut to %d bytes", length).isFalse();
    }
  }

  /** Flips bits, sets bytes, or sets aligned words to telling values. */
  private static byte[] altered(byte[] file, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = file.clone();
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int kind = random.nextInt(3);
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int position = random.nextInt(bytes.length - 4);
      switch (kind) {
        case 0 -> bytes[position] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[position] = (byte) random.nextInt(256);
        default -> words.putInt(position & ~3, tellingWord(random));
      }
    }
    return bytes;
  }

  private static int tellingWord(SplittableRandom random) {
    int[] words = {-1, 0, 1, Integer.MAX_VALUE, random.nextInt(64), 1 << random.nextInt(31)};
    return words[random.nextInt(words.length)];
  }

  /**
   * Loads and runs everything; whether that went well. Anything but a {@link ModelException}
   * escapes.
   */
  private static boolean survives(byte[] file) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file)) {
      for (Signature signature : model.signatures()) {
        try (InferenceSession session = model.openInference(signature.name())) {
          session.run(zeros(signature.inputs()));
        }
      }
      if (model.isTrainable()) {
        try (TrainingSession session = model.openTraining()) {
          float[] parameters = new float[session.layout().size()];
          session.readParameters(parameters);
          session.restore(parameters);
        }
      }
      return true;
    } catch (ModelException e) {
      assertThat(e).hasMessageMatching("(?s).{20,}");
      return false;
    }
  }

  private static Map<String, Tensor> zeros(List<TensorSpec> specs) {
    Map<String, Tensor> tensors = new HashMap<>();
    for (TensorSpec spec : specs) {
      List<Integer> shape =
          spec.shape().stream().map(d -> d == TensorSpec.ANY ? BATCH : d).toList();
      int elements = shape.stream().reduce(1, Math::multiplyExact);
      tensors.put(
          spec.name(),
          Tensor.of(spec.type(), shape, ByteBuffer.allocate(elements * spec.type().sizeBytes())));
    }
    return tensors;
  }
}
