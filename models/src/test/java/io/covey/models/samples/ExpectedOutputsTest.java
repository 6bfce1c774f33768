package io.covey.models.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpectedOutputsTest {

  @Test
  void aDifferenceCountsInUnitsOfTheLargestExpectedOfItsOutput() {
    ExpectedOutputs expected =
        new ExpectedOutputs(List.of(outputs(1000, 0.1f), outputs(-2000, 0.05f)));
    assertThat(expected.objection(List.of(outputs(1000, 0.1f), outputs(-2000, 0.05f)), 0))
        .isEmpty();
    assertThat(expected.objection(List.of(outputs(1099, 0.1f), outputs(-1901, 0.05f)), 0.05))
        .isEmpty();
    assertThat(expected.objection(List.of(outputs(1000, 0.1f), outputs(-1899, 0.05f)), 0.05))
        .contains(
            "sample 1, output 'large': value 0 is -1899.00, expected -2000.00 and at most 100"
                + " away");
    assertThat(expected.objection(List.of(outputs(1000, 0.106f), outputs(-2000, 0.05f)), 0.05))
        .get()
        .asString()
        .startsWith("sample 0, output 'small': value 0 is 0.106000, expected 0.100000");
    assertThat(expected.largestDifference(List.of(outputs(1100, 0.1f), outputs(-2000, 0.05f))))
        .isEqualTo(0.05);
  }

  @Test
  void whatIsNoNumberIsWrongOnEitherSide() {
    ExpectedOutputs numbers = new ExpectedOutputs(List.of(floats(1, 2)));
    assertThat(numbers.objection(List.of(floats(1, Float.NaN)), 1e9)).isPresent();
    assertThat(numbers.objection(List.of(floats(1, Float.POSITIVE_INFINITY)), 1e9)).isPresent();
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      ExpectedOutputs none = new ExpectedOutputs(List.of(floats(1, broken)));
      assertThat(none.objection(List.of(floats(1, 2)), 1)).isPresent();
      assertThat(none.objection(List.of(floats(1, broken)), 1)).isPresent();
      assertThat(none.largestDifference(List.of(floats(1, 2)))).isNotZero();
    }
    assertThat(numbers.largestDifference(List.of(floats(1, Float.NaN)))).isInfinite();
  }

  @Test
  void quantizedOutputsCountInSpansOfTheirType() {
    ExpectedOutputs expected = new ExpectedOutputs(List.of(bytes(3, 0, 0)));
    assertThat(expected.objection(List.of(bytes(5, 0, 0)), 0.01)).isEmpty();
    assertThat(expected.objection(List.of(bytes(6, 0, 0)), 0.01)).isPresent();
  }

  @Test
  void classesMayFlipWhereTwoAreCloseButNotInHalfOfTheAnswers() {
    ExpectedOutputs expected = new ExpectedOutputs(List.of(ints(3), ints(4), ints(5)));
    assertThat(expected.objection(List.of(ints(3), ints(9), ints(5)), 0)).isEmpty();
    assertThat(expected.objection(List.of(ints(3), ints(9), ints(9)), 1))
        .contains("output 'y': 1 of 3 values are as expected");
  }

  @Test
  void otherOutputsThanExpectedAreWrong() {
    ExpectedOutputs expected = new ExpectedOutputs(List.of(floats(1, 2)));
    assertThat(expected.objection(List.of(), 1)).contains("answers to 0 samples, expected are 1");
    assertThat(expected.objection(List.of(ints(1)), 1)).get().asString().contains("INT32[1]");
    assertThat(expected.objection(List.of(floats(1)), 1)).get().asString().contains("FLOAT32[1]");
    assertThat(expected.objection(List.of(outputs(1, 2)), 1))
        .contains("sample 0: outputs [large, small], expected [y]");
  }

  @Test
  void anOutputOfZerosMayBeRounded() {
    ExpectedOutputs zeros = new ExpectedOutputs(List.of(floats(0, 0)));
    assertThat(zeros.objection(List.of(floats(0, 1e-8f)), 0.05)).isEmpty();
    assertThat(zeros.objection(List.of(floats(0, 1e-3f)), 0.05)).isPresent();
  }

  private static NamedTensors outputs(float large, float small) {
    return NamedTensors.of(
        Map.of(
            "large", Tensor.ofFloats(List.of(1), large),
            "small", Tensor.ofFloats(List.of(1), small)));
  }

  private static NamedTensors floats(float... values) {
    return NamedTensors.of(Map.of("y", Tensor.ofFloats(List.of(values.length), values)));
  }

  private static NamedTensors ints(int... values) {
    return NamedTensors.of(Map.of("y", Tensor.ofInts(List.of(values.length), values)));
  }

  private static NamedTensors bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return NamedTensors.of(
        Map.of("y", Tensor.of(ElementType.INT8, List.of(bytes.length), ByteBuffer.wrap(bytes))));
  }
}
