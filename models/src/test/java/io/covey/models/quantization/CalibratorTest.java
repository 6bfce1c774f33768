package io.covey.models.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.data.ArrayShape;
import io.covey.models.data.FloatArray;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CalibratorTest {

  /** The output shape of its transposed convolutions is a constant, the batch included. */
  private static final String FIXED_BATCH = "op-transpose-conv";

  @Test
  void aModelWithAFixedBatchGetsThatManyExamplesAtATime() throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory(FIXED_BATCH));
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    FloatArray x = fixture.reference().x();
    assertThat(plain.main().tensor(plain.main().inputs().get(0)).shape().get(0))
        .isEqualTo(x.rows());
    CalibrationRanges ranges = Calibrator.measure(plain, x);
    float[] output = fixture.reference().output().toArray();
    Arrays.sort(output);
    ValueRange measured = ranges.of(plain.main().outputs().get(0));
    assertThat(measured).isNotNull();
    assertThat(measured.smallest()).isCloseTo(output[0], within(1e-5f));
    assertThat(measured.largest()).isCloseTo(output[output.length - 1], within(1e-5f));
  }

  @Test
  void examplesThatDoNotFillABatchAreAllMeasured() throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory(FIXED_BATCH));
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    FloatArray x = fixture.reference().x();
    float[] values = Arrays.copyOf(x.toArray(), (x.rows() + 1) * x.rowSize());
    values[values.length - 1] = 7;
    FloatArray more = FloatArray.of(ArrayShape.of(x.rows() + 1, 8, 8, 2), values);
    CalibrationRanges ranges = Calibrator.measure(plain, more);
    assertThat(ranges.examples()).isEqualTo(x.rows() + 1);
    ValueRange measured = ranges.of(plain.main().inputs().get(0));
    assertThat(measured).isNotNull();
    assertThat(measured.largest()).isEqualTo(7);
  }
}
