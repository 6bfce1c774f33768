package io.covey.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.Padding;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.quantization.QuantizationMode;
import io.covey.models.quantization.Quantizer;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.interpreter.Array64;
import io.covey.models.training.interpreter.GraphSketch;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which parameters train, what the others stay, and what stands in the way. */
class TrainableSelectionTest {

  private static final int BATCH = 4;

  /** Three dense layers; weights and biases are called constant1, constant2, constant4, ... */
  private static ModelGraph layers() {
    GraphSketch sketch = sketch();
    int first = sketch.dense(sketch.x(), 6, 5, Activation.RELU);
    int second = sketch.dense(first, 4, 6, Activation.RELU);
    return sketch.giving(sketch.dense(second, 3, 4, Activation.NONE));
  }

  private static GraphSketch sketch() {
    return new GraphSketch(GraphTensor.ANY, 5, List.of(5));
  }

  private static TrainableModel derive(ModelGraph plain, TrainableSelection selection) {
    return Differentiator.derive(plain, TrainingRecipe.DEFAULT.with(selection));
  }

  private static List<String> names(TrainableModel model) {
    return model.variables().stream().map(TrainableVariable::tensorName).toList();
  }

  @Test
  void allTakesEveryLayer() {
    TrainableModel model = derive(layers(), new TrainableSelection.All());
    assertThat(names(model))
        .containsExactly(
            "constant1", "constant2", "constant4", "constant5", "constant7", "constant8");
    assertThat(model.size()).isEqualTo(6 * 5 + 6 + 4 * 6 + 4 + 3 * 4 + 3);
  }

  @Test
  void lastLayersAreCountedFromTheEnd() {
    assertThat(names(derive(layers(), new TrainableSelection.LastLayers(1))))
        .containsExactly("constant7", "constant8");
    assertThat(names(derive(layers(), new TrainableSelection.LastLayers(2))))
        .containsExactly("constant4", "constant5", "constant7", "constant8");
    assertThat(names(derive(layers(), new TrainableSelection.LastLayers(99)))).hasSize(6);
    assertThatThrownBy(() -> new TrainableSelection.LastLayers(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void patternsFindNames() {
    assertThat(names(derive(layers(), matching("constant[48]$"))))
        .containsExactly("constant4", "constant8");
    assertThatThrownBy(() -> derive(layers(), matching("no such")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("whose name matches no such");
  }

  private static TrainableSelection matching(String pattern) {
    return new TrainableSelection.Matching(Pattern.compile(pattern));
  }

  @Test
  void frozenPartsDoNotMoveWhileTheRestTrains() {
    ModelGraph plain = layers();
    TrainableModel model = derive(plain, new TrainableSelection.LastLayers(1));
    requireConstant(model, plain.main().tensor(1));
    requireConstant(model, plain.main().tensor(4));
    float[] before = model.initialValues();
    float[] after = trained(model, sketch().examples(BATCH));
    assertThat(after).hasSize(before.length).isNotEqualTo(before);
  }

  @Test
  void int8WeightsOfFrozenLayersStayAsTheyWere() throws IOException {
    byte[] file =
        Files.readAllBytes(Fixture.directory("digits-mlp").resolve("stock-dynamic-int8.tflite"));
    ModelGraph plain = ModelGraph.readChecked(file, ModelLimits.DEFAULT);
    requireFrozen(plain, derive(plain, new TrainableSelection.All()), TensorType.INT8);
  }

  @Test
  void halfFloatWeightsOfFrozenLayersStayAsTheyWere() {
    ModelGraph plain = halfButLast();
    TrainableModel model = derive(plain, new TrainableSelection.All());
    assertThat(names(model)).containsExactly("constant7", "constant8");
    requireFrozen(plain, model, TensorType.FLOAT16);
    assertThat(trained(model, sketch().examples(BATCH))).isNotEqualTo(model.initialValues());
  }

  /** The three layers, of which the first two have half float weights. */
  private static ModelGraph halfButLast() {
    ModelGraph plain = layers();
    ModelGraph half = Quantizer.quantize(plain, QuantizationMode.FLOAT16, null);
    Subgraph main = half.main();
    List<GraphTensor> tensors = new ArrayList<>(main.tensors());
    List<GraphOperator> operators = new ArrayList<>(main.operators());
    for (int i = 0; i < tensors.size(); i++) {
      String name = tensors.get(i).name();
      if (name.equals("constant7") || name.equals("constant8")) {
        int position = i;
        operators.removeIf(operator -> operator.outputs().contains(position));
        tensors.set(i, plain.main().tensor(name.equals("constant7") ? 7 : 8));
      }
    }
    return half.withMain(
        new Subgraph(main.name(), tensors, main.inputs(), main.outputs(), operators));
  }

  private static void requireFrozen(ModelGraph plain, TrainableModel model, TensorType type) {
    Subgraph alive = DeadOperators.removedFrom(plain.main());
    List<GraphTensor> frozen =
        alive.tensors().stream()
            .filter(tensor -> tensor.isConstant() && tensor.type() == type)
            .toList();
    assertThat(frozen).isNotEmpty();
    frozen.forEach(tensor -> requireConstant(model, tensor));
  }

  /** The value stands in every graph that computes with it, in its type, and once in the file. */
  private static void requireConstant(TrainableModel model, GraphTensor expected) {
    for (int i = 0; i < 3; i++) {
      assertThat(model.graph().subgraphs().get(i).tensors())
          .as("graph %d has '%s'", i, expected.name())
          .anyMatch(tensor -> isSame(tensor, expected));
    }
  }

  private static boolean isSame(GraphTensor tensor, GraphTensor expected) {
    Constant value = tensor.value();
    return value != null
        && tensor.type() == expected.type()
        && Objects.equals(tensor.quantization(), expected.quantization())
        && expected.value() != null
        && value.bytes().equals(expected.value().bytes());
  }

  private static float[] trained(TrainableModel model, Array64 x) {
    int[] labels = new int[BATCH];
    Arrays.setAll(labels, i -> i % 3);
    float[] parameters = new float[model.size()];
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(model.write());
        TrainingSession session = loaded.openTraining()) {
      session.train(x.toFloats(), labels, BATCH, 0.1f);
      session.readParameters(parameters);
    }
    return parameters;
  }

  // ---- refusals

  /** A dead layer, two layers, an operator without a rule between them, and a last layer. */
  private static ModelGraph obstructed() {
    GraphSketch sketch = sketch();
    sketch.dense(sketch.x(), 2, 5, Activation.NONE);
    int first = sketch.dense(sketch.x(), 4, 5, Activation.NONE);
    int rest = sketch.op(Builtin.FLOOR_MOD, first, sketch.constant(1, 2, List.of(4)));
    return sketch.giving(sketch.dense(rest, 3, 4, Activation.NONE));
  }

  @Test
  void operatorsInTheWayAreNamedWithTheirPlaceInTheFileAndWhatToFreeze() {
    ModelGraph plain = obstructed();
    int position = plain.main().operators().get(2).outputs().get(0);
    assertThatThrownBy(() -> derive(plain, new TrainableSelection.All()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("FLOOR_MOD (operator 2, giving '")
        .hasMessageContaining(plain.main().tensor(position).name())
        .hasMessageContaining("train only the last 1 layer (")
        .extracting(e -> ((ModelException) e).reason())
        .isEqualTo(Reason.UNSUPPORTED_OPERATOR);
  }

  @Test
  void adviceOfARefusalWorks() {
    TrainableModel model = derive(obstructed(), new TrainableSelection.LastLayers(1));
    assertThat(model.variables()).hasSize(2);
    assertThat(trained(model, sketch().examples(BATCH))).isNotEqualTo(model.initialValues());
  }

  @Test
  void lastOperatorInTheWayLeavesNothingToTrain() {
    GraphSketch sketch = sketch();
    int first = sketch.dense(sketch.x(), 4, 5, Activation.NONE);
    ModelGraph plain =
        sketch.giving(sketch.op(Builtin.FLOOR_MOD, first, sketch.constant(1, 2, List.of(4))));
    assertThatThrownBy(() -> derive(plain, new TrainableSelection.All()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("FLOOR_MOD (operator 1")
        .hasMessageContaining("every parameter stands before it");
  }

  @Test
  void whatDoesNotFitARuleIsRefusedWithItsCause() {
    GraphSketch sketch = sketch();
    int layer = sketch.dense(sketch.x(), 4, 5, Activation.NONE);
    // Of the batch, whose size each call chooses: no rule can put a part of it back.
    int part = sketch.op(Builtin.SLICE, layer, sketch.ints(1, 0), sketch.ints(1, 4));
    ModelGraph plain = sketch.giving(part);
    assertThatThrownBy(() -> derive(plain, new TrainableSelection.All()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("SLICE (operator 1")
        .hasCauseInstanceOf(RuntimeException.class);
  }

  @Test
  void shapesThatDoNotFitAreRefusedByPlaceWithoutRunning() {
    GraphSketch sketch = sketch();
    sketch.dense(sketch.x(), 2, 5, Activation.NONE);
    int odd =
        sketch.op(
            Builtin.RESHAPE, OperatorOptions.none(), sketch.x(), sketch.ints(GraphTensor.ANY, 7));
    ModelGraph plain = sketch.giving(sketch.dense(odd, 3, 7, Activation.NONE));
    assertThatThrownBy(() -> derive(plain, new TrainableSelection.All()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("RESHAPE (operator 1")
        .hasMessageContaining("[2, 5]");
  }

  /** At its first size, for one example, all dimensions of size 1 are those of a batch of one. */
  @Test
  void squeezingAllIsTrainedWithOneExample() {
    GraphSketch sketch = new GraphSketch(GraphTensor.ANY, 6, List.of(1, 5));
    int thin = sketch.op(Builtin.SQUEEZE, new OperatorOptions.Squeeze(List.of()), sketch.x());
    ModelGraph plain = sketch.giving(sketch.dense(thin, 3, 5, Activation.NONE));
    TrainableModel model = derive(plain, new TrainableSelection.All());
    float[] parameters = new float[model.size()];
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(model.write());
        TrainingSession session = loaded.openTraining()) {
      session.train(sketch.examples(1).toFloats(), new int[] {2}, 1, 0.1f);
      session.readParameters(parameters);
    }
    assertThat(parameters).isNotEqualTo(model.initialValues());
  }

  /** The kernel does not prepare itself without one; converters write zeros. */
  @Test
  void convolutionsWithoutABiasAreRefusedByName() {
    GraphSketch sketch = new GraphSketch(GraphTensor.ANY, 7, List.of(4, 4, 2));
    OperatorOptions options =
        new OperatorOptions.Conv2D(
            Padding.SAME, OperatorOptions.Extent.ONE, OperatorOptions.Extent.ONE, Activation.RELU);
    int image = sketch.op(Builtin.CONV_2D, options, sketch.x(), sketch.weights(3, 2, 2, 2));
    ModelGraph plain = sketch.giving(image);
    assertThatThrownBy(() -> derive(plain, new TrainableSelection.All()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("CONV_2D cannot have 2 inputs");
  }
}
