package io.covey.models.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.data.IntArray;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.reference.Fixture;
import io.covey.models.training.reference.Reference;
import java.io.IOException;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BakerTest {

  private static final float LEARNING_RATE = 0.01f;
  private static final int STEPS = 5;

  @ParameterizedTest
  @ValueSource(
      strings = {"digits-cnn", "digits-mlp", "digits-mobile", "lenet", "op-shared-weights"})
  void bakedModelAnswersAsTheTrainedOne(String name) throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory(name));
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    TrainableModel trainable =
        Differentiator.derive(plain, TrainingRecipe.DEFAULT.with(fixture.reference().loss()));
    float[] values = trained(trainable, fixture.reference());
    byte[] baked = Baker.bake(plain, trainable.variables(), values).write();

    float[] expected = outputs(trainable.withValues(values).write(), fixture.reference());
    float[] actual = outputs(baked, fixture.reference());
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
    }
    assertThat(actual).isNotEqualTo(outputs(fixture.model(), fixture.reference()));
  }

  @Test
  void untouchedValuesGiveTheSameModelWithoutADroppedBias() throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory("digits-mlp"));
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    TrainableModel trainable = Differentiator.derive(plain, TrainingRecipe.DEFAULT);
    ModelGraph baked = Baker.bake(plain, trainable.variables(), trainable.initialValues());
    assertThat(baked.main().operators())
        .extracting(operator -> operator.inputs().size())
        .isEqualTo(
            plain.main().operators().stream().map(operator -> operator.inputs().size()).toList());
    assertThat(outputs(baked.write(), fixture.reference()))
        .isEqualTo(outputs(fixture.model(), fixture.reference()));
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory("digits-mlp"));
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    TrainableModel trainable = Differentiator.derive(plain, TrainingRecipe.DEFAULT);
    float[] values = trainable.initialValues();
    values[7] = Float.NaN;
    assertThatThrownBy(() -> Baker.bake(plain, trainable.variables(), values))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("value 7");
  }

  @Test
  void anotherModelThanTheOneDerivedFromIsRefused() throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory("digits-mlp"));
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    TrainableModel trainable = Differentiator.derive(plain, TrainingRecipe.DEFAULT);
    ModelGraph other =
        ModelGraph.readChecked(
            Fixture.read(Fixture.directory("digits-cnn")).model(), ModelLimits.DEFAULT);
    assertThatThrownBy(() -> Baker.bake(other, trainable.variables(), trainable.initialValues()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("give the plain model");
  }

  private static float[] trained(TrainableModel trainable, Reference reference) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(trainable.write());
        TrainingSession session = model.openTraining()) {
      float[] x = reference.x().toArray();
      int batch = reference.x().rows();
      for (int i = 0; i < STEPS; i++) {
        if (reference.y() instanceof IntArray classes) {
          session.train(x, classes.toArray(), batch, LEARNING_RATE);
        } else {
          session.train(x, reference.y().toFloatArray().toArray(), batch, LEARNING_RATE);
        }
      }
      float[] values = new float[trainable.size()];
      session.readParameters(values);
      return values;
    }
  }

  private static float[] outputs(byte[] file, Reference reference) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file);
        InferenceSession session = model.openInference()) {
      float[] outputs = new float[reference.output().toArray().length];
      session.infer(
          FloatBuffer.wrap(reference.x().toArray()),
          reference.x().rows(),
          FloatBuffer.wrap(outputs));
      return outputs;
    }
  }
}
