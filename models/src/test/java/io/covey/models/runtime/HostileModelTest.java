package io.covey.models.runtime;

import static io.covey.models.runtime.Refusals.assertNotLoaded;
import static io.covey.models.runtime.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.SignatureDefT;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/** Files that native code would not survive, or cannot run: each refused with what is wrong. */
class HostileModelTest {

  private static byte[] digits(Consumer<AlteredModel> change) {
    return AlteredModel.of("digits.tflite", change);
  }

  @Test
  void anUnalteredModelThatWasTakenApartStillLoads() {
    for (String resource : List.of("digits.tflite", "plain-cnn.tflite", "int8-cnn.tflite")) {
      try (LoadedModel model =
          ModelRuntime.tensorFlowLite().load(AlteredModel.of(resource, altered -> {}))) {
        assertThat(model.signatures()).isNotEmpty();
      }
    }
  }

  @Test
  void whatIsNoModelIsRefused() {
    assertNotLoaded(Reason.DAMAGED, new byte[0]).hasMessageContaining("identifier TFL3");
    assertNotLoaded(Reason.DAMAGED, new byte[7]);
    assertNotLoaded(Reason.DAMAGED, "<html>not found</html>".getBytes(StandardCharsets.UTF_8));
    assertNotLoaded(Reason.DAMAGED, digits(altered -> altered.model().setVersion(2)))
        .hasMessageContaining("schema version 2");
    assertNotLoaded(
        Reason.DAMAGED, digits(altered -> altered.model().setSubgraphs(new SubGraphT[0])));
  }

  @Test
  void whatTheNativeVerifierRefusesIsRefused() {
    byte[] file = Arrays.copyOf(Fixtures.bytes("digits.tflite"), 20_000);
    assertRefused(Reason.DAMAGED, () -> NativeModel.build(file, true))
        .hasMessageContaining("native verifier");
  }

  @Test
  void flexOperatorsAreRefusedByNameWithWhatToDo() {
    assertNotLoaded(Reason.NEEDS_FLEX, Fixtures.bytes("flex.tflite"))
        .hasMessageContaining("the operator Flex")
        .hasMessageContaining("export it with builtin operators only");
  }

  @Test
  void checkpointPathsAreRefusedWithWhatToDo() {
    assertNotLoaded(Reason.UNSUPPORTED_CONVENTION, Fixtures.bytes("checkpoint.tflite"))
        .hasMessageContaining("takes a checkpoint's path ('checkpoint_path')")
        .hasMessageContaining("parameters() -> w00.. and restore(w00..)");
  }

  @Test
  void customUnknownAndEndlessOperatorsAreRefusedByName() {
    assertNotLoaded(
            Reason.UNSUPPORTED_OPERATOR,
            digits(
                altered -> {
                  OperatorCodeT custom = new OperatorCodeT();
                  custom.setBuiltinCode(BuiltinOperator.CUSTOM);
                  custom.setDeprecatedBuiltinCode((byte) BuiltinOperator.CUSTOM);
                  custom.setCustomCode("Mine");
                  altered
                      .operator(altered.subgraph("train"), BuiltinOperator.SIGN)
                      .setOpcodeIndex(altered.add(custom));
                }))
        .hasMessageContaining("'Mine' (custom)");
    assertNotLoaded(
            Reason.UNSUPPORTED_OPERATOR,
            digits(altered -> altered.replace(BuiltinOperator.SIGN, 165)))
        .hasMessageContaining("operator 165");
    assertNotLoaded(
            Reason.UNSUPPORTED_OPERATOR,
            digits(altered -> altered.replace(BuiltinOperator.SIGN, BuiltinOperator.WHILE)))
        .hasMessageContaining("WHILE")
        .hasMessageContaining("unrolled");
  }

  @Test
  void subgraphsThatCallThemselvesAreRefused() {
    assertNotLoaded(
            Reason.DAMAGED,
            digits(
                altered -> {
                  SubGraphT infer = altered.subgraph("infer");
                  OperatorT call = altered.operator(infer, BuiltinOperator.CALL_ONCE);
                  int callee = call.getBuiltinOptions().asCallOnceOptions().getInitSubgraphIndex();
                  SubGraphT initialiser = altered.model().getSubgraphs()[callee];
                  OperatorT[] operators = initialiser.getOperators();
                  OperatorT[] more = Arrays.copyOf(operators, operators.length + 1);
                  more[operators.length] = call;
                  initialiser.setOperators(more);
                }))
        .hasMessageContaining("in a circle");
  }

  @Test
  void variablesReadInAnotherShapeThanWrittenAreRefused() {
    assertNotLoaded(
            Reason.DAMAGED,
            digits(
                altered -> {
                  SubGraphT infer = altered.subgraph("infer");
                  OperatorT read = altered.operator(infer, BuiltinOperator.READ_VARIABLE);
                  infer.getTensors()[read.getOutputs()[0]].setShape(new int[] {4096, 64});
                }))
        .hasMessageContaining("in one place");
  }

  @Test
  void variablesWithoutAnyValueAreRefused() {
    assertNotLoaded(
            Reason.UNSUPPORTED_CONVENTION,
            digits(
                altered -> {
                  for (SubGraphT subgraph : altered.model().getSubgraphs()) {
                    altered.remove(subgraph, o -> altered.code(o) == BuiltinOperator.CALL_ONCE);
                  }
                  altered.remove(
                      altered.subgraph("restore"),
                      o -> altered.code(o) == BuiltinOperator.ASSIGN_VARIABLE);
                }))
        .hasMessageContaining("neither an initialiser nor 'restore'");
  }

  @Test
  void constantsThatAreLargerOrSmallerThanTheirShapeAreRefused() {
    for (int rows : new int[] {31, 33, 0}) {
      assertNotLoaded(
          Reason.DAMAGED,
          AlteredModel.of(
              "plain-digits.tflite",
              altered -> {
                SubGraphT main = altered.model().getSubgraphs()[0];
                OperatorT dense = altered.operator(main, BuiltinOperator.FULLY_CONNECTED);
                AlteredModel.input(main, dense, 1).setShape(new int[] {rows, 64});
              }));
    }
  }

  @Test
  void inputsThatKernelsWouldFollowIntoNowhereAreRefused() {
    assertNotLoaded(Reason.DAMAGED, withMultiplication(o -> o.getInputs()[0] = -1))
        .hasMessageContaining("MUL's input 0 is tensor -1");
    assertNotLoaded(Reason.DAMAGED, withMultiplication(o -> o.getInputs()[1] = 9999));
    assertNotLoaded(Reason.DAMAGED, withMultiplication(o -> o.getOutputs()[0] = -2));
    assertNotLoaded(
            Reason.DAMAGED, withMultiplication(o -> o.setInputs(new int[] {o.getInputs()[0]})))
        .hasMessageContaining("MUL cannot have 1 inputs");
    assertNotLoaded(Reason.DAMAGED, withMultiplication(o -> o.setOpcodeIndex(99)));
  }

  private static byte[] withMultiplication(Consumer<OperatorT> change) {
    return digits(
        altered -> change.accept(altered.operator(altered.subgraph("train"), BuiltinOperator.MUL)));
  }

  @Test
  void operatorsOutOfOrderAreRefused() {
    assertNotLoaded(
            Reason.DAMAGED,
            digits(
                altered ->
                    Collections.reverse(
                        Arrays.asList(altered.subgraph("evaluate").getOperators()))))
        .hasMessageContaining("before anything wrote it");
  }

  @Test
  void valuesThatAreWrittenTwiceAreRefused() {
    assertNotLoaded(
            Reason.DAMAGED,
            digits(
                altered -> {
                  SubGraphT train = altered.subgraph("train");
                  altered.operator(train, BuiltinOperator.SIGN).getOutputs()[0] =
                      train.getInputs()[0];
                }))
        .hasMessageContaining("written before");
  }

  @Test
  void textAndSparseTensorsAreRefused() {
    assertNotLoaded(
            Reason.UNSUPPORTED_TYPE,
            digits(
                altered -> {
                  TensorT[] tensors = altered.subgraph("parameters").getTensors();
                  tensors[tensors.length - 1].setType(TensorType.STRING);
                }))
        .hasMessageContaining("STRING");
  }

  @Test
  void settingsThatChangeAShapeAreRefused() {
    for (int stride : new int[] {0, 1, 3, 1 << 24, -1}) {
      assertThat(refusal(withPooling(stride, 2))).isIn(Reason.DAMAGED, Reason.EXECUTION_FAILED);
    }
    assertThat(refusal(withPooling(2, 1 << 20))).isIn(Reason.DAMAGED, Reason.EXECUTION_FAILED);
  }

  private static byte[] withPooling(int stride, int filter) {
    return AlteredModel.of(
        "plain-cnn.tflite",
        altered -> {
          var pooling =
              altered
                  .operator(altered.model().getSubgraphs()[0], BuiltinOperator.MAX_POOL_2D)
                  .getBuiltinOptions()
                  .asPool2DOptions();
          pooling.setStrideH(stride);
          pooling.setFilterWidth(filter);
        });
  }

  private static Reason refusal(byte[] file) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file)) {
      throw new AssertionError("was loaded: " + model.signatures());
    } catch (ModelException e) {
      return e.reason();
    }
  }

  @Test
  void inputsTooSmallForAPoolingLayerAreRefusedBeforeItRuns() {
    byte[] anyHeight =
        AlteredModel.of(
            "plain-cnn.tflite",
            altered -> {
              SubGraphT main = altered.model().getSubgraphs()[0];
              main.getTensors()[main.getInputs()[0]].setShapeSignature(new int[] {-1, -1, 8, 1});
            });
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(anyHeight);
        InferenceSession session = model.openInference()) {
      String input = session.signature().inputs().get(0).name();
      Tensor leavesNothing = Tensor.ofFloats(List.of(1, 4, 8, 1), new float[32]);
      assertRefused(Reason.WRONG_SHAPE, () -> session.run(Map.of(input, leavesNothing)))
          .hasMessageContaining("CONV_2D (operator 2")
          .hasMessageContaining("0 by 2 pixels");
      Tensor leavesLess = Tensor.ofFloats(List.of(1, 3, 8, 1), new float[24]);
      assertRefused(Reason.WRONG_SHAPE, () -> session.run(Map.of(input, leavesLess)));
      assertRefused(Reason.WRONG_SHAPE, () -> session.infer(new float[64], 1, new float[10]))
          .hasMessageContaining("give whole tensors");
      Tensor good = Tensor.ofFloats(List.of(1, 8, 8, 1), new float[64]);
      assertThat(session.run(Map.of(input, good))).hasSize(1);
    }
  }

  @Test
  void quantizationsThatKernelsAbortOnAreRefused() {
    assertNotLoaded(Reason.DAMAGED, withQuantization(300, 0.1f))
        .hasMessageContaining("quantization that does not fit");
    for (float scale : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE}) {
      assertNotLoaded(Reason.DAMAGED, withQuantization(0, scale));
    }
    assertNotLoaded(
            Reason.DAMAGED,
            AlteredModel.of("int8-cnn.tflite", altered -> pooled(altered).setQuantization(null)))
        .hasMessageContaining("without a quantization");
  }

  private static byte[] withQuantization(long zeroPoint, float scale) {
    return AlteredModel.of(
        "int8-cnn.tflite",
        altered -> {
          pooled(altered).getQuantization().setZeroPoint(new long[] {zeroPoint});
          pooled(altered).getQuantization().setScale(new float[] {scale});
        });
  }

  /** What the int8 model's first convolution gives to its pooling layer. */
  private static TensorT pooled(AlteredModel altered) {
    SubGraphT main = altered.model().getSubgraphs()[0];
    return AlteredModel.input(main, altered.operator(main, BuiltinOperator.MAX_POOL_2D), 0);
  }

  @Test
  void resultsThatNothingReadsDoNotHarm() {
    byte[] withDeadResult =
        AlteredModel.of(
            "plain-digits.tflite",
            altered -> {
              SubGraphT main = altered.model().getSubgraphs()[0];
              OperatorT softmax = altered.operator(main, BuiltinOperator.SOFTMAX);
              main.setOutputs(new int[] {softmax.getInputs()[0]});
              SignatureDefT signature = altered.model().getSignatureDefs()[0];
              signature.getOutputs()[0].setTensorIndex(softmax.getInputs()[0]);
            });
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(withDeadResult);
        InferenceSession session = model.openInference()) {
      float[] logits = new float[320];
      assertThat(session.infer(Fixtures.digits(), Fixtures.DIGITS, logits)).isEqualTo(320);
      assertThat(logits).doesNotContain(Float.NaN);
    }
  }

  @Test
  void limitsAreHeld() {
    byte[] file = Fixtures.bytes("digits.tflite");
    for (ModelLimits limits :
        List.of(
            new ModelLimits(file.length - 1, 1 << 20, 1 << 20, 1000),
            new ModelLimits(file.length, 64 * 32 * 4 - 1, 1 << 20, 1000),
            new ModelLimits(file.length, 1 << 20, 1 << 10, 1000),
            new ModelLimits(file.length, 1 << 20, 1 << 20, 100))) {
      assertRefused(Reason.TOO_LARGE, () -> ModelRuntime.tensorFlowLite(limits).load(file).close());
    }
    ModelRuntime.tensorFlowLite(new ModelLimits(file.length, 64 * 32 * 4, 1 << 20, 1000))
        .load(file)
        .close();
  }

  @Test
  void listsThatOverlapCostNoMoreThanTheFileIsLong() {
    int length = 20_000;
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int inputs = SubGraph.createInputsVector(builder, new int[length]);
    SubGraph.startSubGraph(builder);
    SubGraph.addInputs(builder, inputs);
    int[] subgraphs = new int[length];
    Arrays.fill(subgraphs, SubGraph.endSubGraph(builder));
    int vector = Model.createSubgraphsVector(builder, subgraphs);
    Model.startModel(builder);
    Model.addVersion(builder, 3);
    Model.addSubgraphs(builder, vector);
    Model.finishModelBuffer(builder, Model.endModel(builder));
    assertNotLoaded(Reason.DAMAGED, builder.sizedByteArray())
        .hasMessageContaining("longer than the file");
  }
}
