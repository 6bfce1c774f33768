package io.covey.models.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainingRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Altered files are read, checked, written and derived, or refused with a {@link ModelException};
 * never with another exception.
 */
class MutatedGraphTest {

  private static final int FILES = Integer.getInteger("covey.mutatedGraphs", 5000);
  private static final long SEED = Long.getLong("covey.seed", 40_311);
  private static final Path RESOURCES = Path.of("src/test/resources/io/covey/models");
  private static final List<String> BASES =
      List.of(
          "fixtures/digits-mlp/model.tflite",
          "fixtures/digits-mlp/stock-full-int8.tflite",
          "fixtures/op-further/model.tflite",
          "fixtures/op-split/model.tflite",
          "fixtures/op-slice/model.tflite",
          "fixtures/text-classifier/model.tflite",
          "runtime/plain-cnn.tflite",
          "runtime/digits.tflite");

  @Test
  void alteredFilesAreRefusedOrDerived() throws IOException {
    System.out.println("mutated graphs: " + FILES + " seeds from " + SEED + " (covey.seed)");
    List<byte[]> bases = new ArrayList<>();
    for (String base : BASES) {
      byte[] file = Files.readAllBytes(RESOURCES.resolve(base));
      bases.add(file);
      if (base.startsWith("fixtures") && !base.contains("int8")) {
        ModelGraph plain = ModelGraph.readChecked(file, ModelLimits.DEFAULT);
        bases.add(Differentiator.derive(plain, TrainingRecipe.DEFAULT).write());
      }
    }
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      refused += survives(altered(bases.get(i % bases.size()), SEED + i), SEED + i) ? 0 : 1;
    }
    System.out.println("refused: " + refused);
    assertThat(refused).isBetween(FILES / 20, FILES * 99 / 100);
  }

  /** Whether the file went through everything; another exception than a refusal fails. */
  private static boolean survives(byte[] file, long seed) {
    try {
      ModelGraph graph = ModelGraph.read(file, ModelLimits.DEFAULT);
      ModelGraph.read(graph.write(), ModelLimits.DEFAULT);
      graph.check(ModelLimits.DEFAULT);
      if (graph.metadata().stream().anyMatch(entry -> entry.name().startsWith("covey"))) {
        TrainableModel model = TrainableModel.read(file, ModelLimits.DEFAULT);
        model.withValues(model.initialValues()).write();
      } else {
        Differentiator.derive(graph, TrainingRecipe.DEFAULT).write();
      }
      return true;
    } catch (ModelException e) {
      assertThat(e).hasMessageMatching("(?s).{20,}");
      return false;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("the file with seed " + seed, e);
    }
  }

  private static byte[] altered(byte[] file, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = file.clone();
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int kind = random.nextInt(5);
    if (kind == 4) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int position = random.nextInt(bytes.length - 4);
      int word = position & ~3;
      switch (kind) {
        case 0 -> bytes[position] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[position] = (byte) random.nextInt(256);
        case 2 -> words.putInt(word, tellingWord(random));
        default -> exchange(words, word, random.nextInt(bytes.length - 4) & ~3);
      }
    }
    return bytes;
  }

  /** As lengths and offsets stand in words, this gives one table the lists of another. */
  private static void exchange(ByteBuffer words, int first, int second) {
    int kept = words.getInt(first);
    words.putInt(first, words.getInt(second));
    words.putInt(second, kept);
  }

  private static int tellingWord(SplittableRandom random) {
    int[] words = {-1, 0, 1, Integer.MAX_VALUE, random.nextInt(64), 1 << random.nextInt(31)};
    return words[random.nextInt(words.length)];
  }
}
