package io.covey.models.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Files that are well formed, but in which a number, a type, a shape, a setting or an operator's
 * input is another: each is refused, or loads and runs on whatever it is given. A crash would end
 * this JVM and so fail the build; the file that is named here then has the seed.
 */
class MutatedOperandsTest {

  private static final int FILES = Integer.getInteger("covey.mutatedOperands", 3000);
  private static final long SEED = Long.getLong("covey.seed", 60_000);
  private static final Path LAST = Path.of("target/mutated-operands-last-seed.txt");
  private static final int LARGEST_BYTES = 300_000;
  private static final int EXAMPLES = 3;

  @Test
  void alteredGraphsAreRefusedOrRun() throws IOException {
    List<ModelGraph> bases = bases();
    System.out.println("altered operands: " + FILES + " seeds from " + SEED + " (covey.seed)");
    int refused = 0;
    for (long seed = SEED; seed < SEED + FILES; seed++) {
      if (seed % 10 == 0) {
        Files.writeString(LAST, seed + " or up to 9 more; fixtures " + bases.size());
      }
      SplittableRandom random = new SplittableRandom(seed);
      ModelGraph base = bases.get((int) (seed % bases.size()));
      refused += survives(base, random, seed) ? 0 : 1;
    }
    assertThat(refused).isBetween(FILES / 4, FILES * 99 / 100);
  }

  /** The fixtures' models, quantized ones among them, and what is derived from them. */
  private static List<ModelGraph> bases() throws IOException {
    List<ModelGraph> bases = new ArrayList<>();
    for (Path directory : Fixture.directories()) {
      for (String name : List.of("model", "stock-dynamic-int8", "stock-full-int8")) {
        Path path = directory.resolve(name + ".tflite");
        if (Files.exists(path) && Files.size(path) < LARGEST_BYTES) {
          ModelGraph graph = ModelGraph.readChecked(Files.readAllBytes(path), ModelLimits.DEFAULT);
          bases.add(graph);
          if (name.equals("model")) {
            bases.add(Differentiator.derive(graph, TrainingRecipe.DEFAULT).graph());
          }
        }
      }
    }
    return bases;
  }

  private static boolean survives(ModelGraph base, SplittableRandom random, long seed) {
    try {
      ModelGraph altered = AlteredGraph.of(base, random);
      byte[] file = (random.nextBoolean() ? AlteredGraph.of(altered, random) : altered).write();
      try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file)) {
        for (Signature signature : model.signatures()) {
          try (InferenceSession session = model.openInference(signature.name())) {
            session.run(inputs(signature.inputs(), random));
          }
        }
        return true;
      }
    } catch (ModelException e) {
      assertThat(e).hasMessageMatching("(?s).{20,}");
      return false;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("the graph with seed " + seed, e);
    }
  }

  private static Map<String, Tensor> inputs(List<TensorSpec> specs, SplittableRandom random) {
    Map<String, Tensor> tensors = new HashMap<>();
    boolean isWild = random.nextBoolean();
    for (TensorSpec spec : specs) {
      List<Integer> shape =
          spec.shape().stream().map(d -> d == TensorSpec.ANY ? EXAMPLES : d).toList();
      int elements = shape.stream().reduce(1, Math::multiplyExact);
      ByteBuffer bytes =
          ByteBuffer.allocate(elements * spec.type().sizeBytes()).order(ByteOrder.nativeOrder());
      while (isWild && bytes.remaining() >= Float.BYTES) {
        if (spec.type() == ElementType.FLOAT32) {
          bytes.putFloat(random.nextInt(40) - 10);
        } else {
          bytes.putInt(random.nextInt());
        }
      }
      tensors.put(spec.name(), Tensor.of(spec.type(), shape, bytes.clear()));
    }
    return tensors;
  }
}
