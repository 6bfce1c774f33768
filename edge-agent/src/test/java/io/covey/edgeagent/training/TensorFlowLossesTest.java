package io.covey.edgeagent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainingRecipe;
import io.covey.protocols.message.LocalTraining;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A plain model that is derived, and trained as an agent trains, has the losses that TensorFlow
 * has, step by step.
 */
class TensorFlowLossesTest {
  private static final Path FIXTURES =
      Path.of("../models/src/test/resources/io/covey/models/fixtures");

  @ParameterizedTest
  @ValueSource(strings = {"digits-mlp", "digits-cnn", "digits-mobile", "lenet", "resnet-like"})
  void everyStepHasTensorFlowsLoss(String name) throws Exception {
    Path fixture = FIXTURES.resolve(name);
    JsonNode manifest = new ObjectMapper().readTree(fixture.resolve("manifest.json").toFile());
    InMemoryExampleStore examples = examples(fixture, manifest);
    JsonNode losses = manifest.path("sgd").path("full_batch_losses");
    assertThat(losses.size()).isEqualTo(20);
    float rate = manifest.path("sgd").path("learning_rate").floatValue();
    LocalTraining step = new LocalTraining(1, examples.size(), rate, 0);
    TrainableModel trainable = derived(fixture);
    float[] weights = trainable.initialValues();
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(trainable.write());
        TrainingSession session = model.openTraining()) {
      for (JsonNode expected : losses) {
        LocalUpdate update =
            new LocalTrainer(session, examples, step, new SplittableRandom(1), () -> false)
                .train(weights);
        assertThat(update.lossSum() / update.examples())
            .isCloseTo(expected.doubleValue(), within(1e-3 * Math.max(1, expected.doubleValue())));
        for (int i = 0; i < weights.length; i++) {
          weights[i] += update.delta()[i];
        }
      }
    }
  }

  private static TrainableModel derived(Path fixture) throws Exception {
    byte[] plain = Files.readAllBytes(fixture.resolve("model.tflite"));
    return Differentiator.derive(
        ModelGraph.readChecked(plain, ModelLimits.DEFAULT), TrainingRecipe.DEFAULT);
  }

  private static InMemoryExampleStore examples(Path fixture, JsonNode manifest) throws Exception {
    ByteBuffer x = littleEndian(fixture.resolve(manifest.path("x").asText()));
    ByteBuffer y = littleEndian(fixture.resolve(manifest.path("y").asText()));
    float[] values = new float[x.remaining() / Float.BYTES];
    x.asFloatBuffer().get(values);
    int[] labels = new int[y.remaining() / Integer.BYTES];
    y.asIntBuffer().get(labels);
    return new InMemoryExampleStore(values.length / labels.length, values, labels);
  }

  private static ByteBuffer littleEndian(Path file) throws Exception {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
