package io.covey.models.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.SubGraph;

/** Files that are large, or made to cost much, or of a later format than is read here. */
class HostileReadingTest {

  private static final int LARGE_BYTES = 100 << 20;
  private static final long ALLOWED_BYTES = 1 << 20;

  /** What reading may allocate for each byte of a file that is nothing but lists. */
  private static final long BYTES_PER_BYTE = 64;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static long allocatedBy(Runnable action) {
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    action.run();
    return THREADS.getThreadAllocatedBytes(thread) - before;
  }

  /** A graph that adds a constant of so many bytes. */
  private static ModelGraph adding(int bytes) {
    List<Integer> shape = List.of(1, bytes / Float.BYTES);
    SubgraphBuilder builder = new SubgraphBuilder("main");
    int x = builder.addInput(GraphTensor.computed("x", TensorType.FLOAT32, shape));
    int added =
        builder.add(
            GraphTensor.constant(
                "large", TensorType.FLOAT32, shape, Constant.viewOf(ByteBuffer.allocate(bytes))));
    int y = builder.add(GraphTensor.computed("y", TensorType.FLOAT32, shape));
    builder.add(
        GraphOperator.of(
            Builtin.ADD,
            List.of(x, added),
            List.of(y),
            OperatorOptions.Arithmetic.of(OperatorOptions.ArithmeticKind.ADD)));
    builder.addOutput(y);
    return new ModelGraph(List.of(builder.build()), List.of(), "", List.of());
  }

  @Test
  void largeConstantsAreReadWithoutACopy() {
    byte[] file = adding(LARGE_BYTES).write();
    ModelGraph.readChecked(adding(64).write(), ModelLimits.DEFAULT);
    ModelGraph[] read = new ModelGraph[1];
    long allocated = allocatedBy(() -> read[0] = ModelGraph.readChecked(file, ModelLimits.DEFAULT));
    Constant value = Objects.requireNonNull(read[0].main().tensor(1).value());
    assertThat(value.sizeBytes()).isEqualTo(LARGE_BYTES);
    assertThat(allocated).isLessThan(ALLOWED_BYTES);
  }

  @Test
  void largeConstantsAreWrittenWithFewCopies() {
    ModelGraph graph = adding(LARGE_BYTES);
    long allocated = allocatedBy(graph::write);
    assertThat(allocated).isLessThan(3L * LARGE_BYTES);
  }

  /** Every subgraph the same one, whose inputs are as long as all of them. */
  @Test
  void listsThatOverlapAllocateInProportionToTheFile() {
    int length = 50_000;
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
    byte[] file = builder.sizedByteArray();
    long allocated =
        allocatedBy(
            () ->
                assertThatThrownBy(() -> ModelGraph.read(file, ModelLimits.DEFAULT))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("longer than the file"));
    assertThat(allocated).isLessThan(BYTES_PER_BYTE * file.length + ALLOWED_BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {162, 165, 206, 10_000, Integer.MAX_VALUE})
  void operatorsThatCameLaterAreRefusedByTheirNumber(int code) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    OperatorCode.startOperatorCode(builder);
    OperatorCode.addDeprecatedBuiltinCode(builder, (byte) 127);
    OperatorCode.addBuiltinCode(builder, code);
    int operatorCode = OperatorCode.endOperatorCode(builder);
    int codes = Model.createOperatorCodesVector(builder, new int[] {operatorCode});
    assertThatThrownBy(() -> ModelGraph.readChecked(model(builder, codes, 0), ModelLimits.DEFAULT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("operator " + code);
  }

  @Test
  void negativeOperatorsAreRefused() {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    OperatorCode.startOperatorCode(builder);
    OperatorCode.addDeprecatedBuiltinCode(builder, (byte) -3);
    OperatorCode.addBuiltinCode(builder, -3);
    int operatorCode = OperatorCode.endOperatorCode(builder);
    int codes = Model.createOperatorCodesVector(builder, new int[] {operatorCode});
    assertThatThrownBy(() -> ModelGraph.readChecked(model(builder, codes, 0), ModelLimits.DEFAULT))
        .isInstanceOf(ModelException.class);
  }

  /** Buffers that lie behind the tables of the file, as converters write above 2 GB. */
  @Test
  void fieldsThatCameLaterAreRefusedByTheirName() {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    builder.startTable(3);
    builder.addLong(1, 4096, 0);
    builder.addLong(2, 16, 0);
    int buffer = builder.endTable();
    int buffers = Model.createBuffersVector(builder, new int[] {buffer});
    assertThatThrownBy(() -> ModelGraph.read(model(builder, 0, buffers), ModelLimits.DEFAULT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("the field 'offset' of Buffer")
        .extracting(e -> ((ModelException) e).reason())
        .isEqualTo(ModelException.Reason.UNSUPPORTED_FORMAT);
  }

  @Test
  void fieldsNobodyKnowsAreRefusedByTheirNumber() {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    builder.startTable(25);
    builder.addInt(24, 7, 0);
    int buffer = builder.endTable();
    int buffers = Model.createBuffersVector(builder, new int[] {buffer});
    assertThatThrownBy(() -> ModelGraph.read(model(builder, 0, buffers), ModelLimits.DEFAULT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("the field number 24 of Buffer");
  }

  private static byte[] model(FlatBufferBuilder builder, int codes, int buffers) {
    Operator.startOperator(builder);
    int operators =
        SubGraph.createOperatorsVector(builder, new int[] {Operator.endOperator(builder)});
    SubGraph.startSubGraph(builder);
    if (codes != 0) {
      SubGraph.addOperators(builder, operators);
    }
    int subgraph = SubGraph.endSubGraph(builder);
    int subgraphs = Model.createSubgraphsVector(builder, new int[] {subgraph});
    Model.startModel(builder);
    Model.addVersion(builder, 3);
    Model.addSubgraphs(builder, subgraphs);
    if (codes != 0) {
      Model.addOperatorCodes(builder, codes);
    }
    if (buffers != 0) {
      Model.addBuffers(builder, buffers);
    }
    Model.finishModelBuffer(builder, Model.endModel(builder));
    return builder.sizedByteArray();
  }
}
