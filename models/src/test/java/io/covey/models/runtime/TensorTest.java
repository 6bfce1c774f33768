package io.covey.models.runtime;

import static io.covey.models.runtime.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.ParameterLayout.Parameter;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The value types at the runtime's edge: invalid ones cannot be made. */
class TensorTest {

  @Test
  void shapeAndValuesMustAgree() {
    assertThat(Tensor.ofFloats(List.of(), 5).elements()).isEqualTo(1);
    assertThat(Tensor.ofInts(List.of(2, 0, 3)).elements()).isZero();
    assertRefused(Reason.WRONG_SHAPE, () -> Tensor.ofFloats(List.of(2), 1));
    assertRefused(Reason.WRONG_SHAPE, () -> Tensor.ofFloats(List.of(-1, -1), 1))
        .hasMessageContaining("negative");
    assertRefused(
        Reason.WRONG_SHAPE, () -> Tensor.ofLongs(List.of(1 << 20, 1 << 20, 1 << 20, 1 << 4), 1));
    assertRefused(
        Reason.WRONG_SHAPE, () -> Tensor.of(ElementType.INT32, List.of(1), ByteBuffer.allocate(5)));
  }

  @Test
  void nothingGivenInOrOutCanChangeATensor() {
    float[] values = {1, 2};
    List<Integer> shape = new ArrayList<>(List.of(2));
    Tensor tensor = Tensor.ofFloats(shape, values);
    values[0] = 9;
    shape.set(0, 7);
    assertThat(tensor.toFloats()).containsExactly(1, 2);
    assertThat(tensor.shape()).containsExactly(2);
    assertThatThrownBy(() -> tensor.bytes().put((byte) 0))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void bytesAreUnsignedWhereTheirTypeIs() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {-1});
    assertThat(Tensor.of(ElementType.UINT8, List.of(1), bytes).longAt(0)).isEqualTo(255);
    assertThat(Tensor.of(ElementType.INT8, List.of(1), bytes).longAt(0)).isEqualTo(-1);
    assertThat(Tensor.of(ElementType.UINT8, List.of(1), bytes).doubleAt(0)).isEqualTo(255.0);
  }

  @Test
  void valuesAreOnlyReadAsWhatTheyAre() {
    Tensor ints = Tensor.ofInts(List.of(1), 3);
    Tensor floats = Tensor.ofFloats(List.of(1), 3);
    assertRefused(Reason.WRONG_TYPE, ints::toFloats);
    assertRefused(Reason.WRONG_TYPE, () -> floats.longAt(0));
    assertThat(floats.doubleAt(0)).isEqualTo(ints.doubleAt(0));
  }

  @Test
  void valuesStayOutOfLogs() {
    assertThat(Tensor.ofFloats(List.of(1), 42.5f)).hasToString("Tensor FLOAT32[1]");
  }

  @Test
  void layoutsHaveNoGapsAndNoOverlaps() {
    Parameter first = new Parameter("w00", List.of(2, 3), 0, 6);
    Parameter second = new Parameter("w01", List.of(), 6, 1);
    assertThat(new ParameterLayout(List.of(first, second), 7).size()).isEqualTo(7);
    assertThatThrownBy(() -> new ParameterLayout(List.of(second, first), 7))
        .hasMessageContaining("'w01' at 6 should begin at 0");
    assertThatThrownBy(() -> new ParameterLayout(List.of(first, second), 8))
        .hasMessageContaining("size 8");
    assertThatThrownBy(() -> new ParameterLayout(List.of(), 0)).isNotNull();
    assertThatThrownBy(() -> new Parameter("w00", List.of(2, 3), 0, 5))
        .hasMessageContaining("[2, 3]");
  }

  @Test
  void limitsArePositive() {
    assertThatThrownBy(() -> new ModelLimits(0, 1, 1, 1)).hasMessageContaining("fileBytes 0");
    assertThatThrownBy(() -> new ModelLimits(1, 1L << 31, 1, 1))
        .hasMessageContaining("tensorBytes");
    assertThatThrownBy(() -> new ModelLimits(1, 1, 0, 1)).hasMessageContaining("arenaBytes 0");
    assertThatThrownBy(() -> new ModelLimits(1, 1, 1, 0)).hasMessageContaining("nodes 0");
  }
}
