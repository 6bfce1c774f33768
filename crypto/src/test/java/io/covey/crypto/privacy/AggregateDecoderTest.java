package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.covey.crypto.privacy.UnusableAggregateException.Reason;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AggregateDecoderTest {
  /** A step of 2^-10. */
  private static final UpdateLayout LAYOUT =
      UpdateLayout.of(new UpdateEncoding(2, 12, 21, 2047 / 1024f, 10, 4f), 512);

  private static final AggregateDecoder DECODER = new AggregateDecoder(LAYOUT);

  private static ByteString update(float first, float second, Contribution contribution) {
    return new UpdateEncoder(LAYOUT)
        .encode(new float[] {first, second}, contribution, words -> Arrays.fill(words, 0));
  }

  private static ModularVector sumOf(ByteString... updates) {
    ModularVector sum = LAYOUT.newSum();
    for (ByteString update : updates) {
      sum.add(update.asReadOnlyByteBuffer(), 0);
    }
    return sum;
  }

  /** Words of the entries of a sum, three lanes a word. */
  private static ModularVector sumOf(long first, long second, long weight, long loss) {
    ModularVector sum = LAYOUT.newSum();
    sum.add(new long[] {first | second << 21 | weight << 42, loss});
    return sum;
  }

  @Test
  void updatesOfLevelsDecodeToTheirExactWeightedMean() throws UnusableAggregateException {
    ModularVector sum =
        sumOf(
            update(1f, -0.5f, new Contribution(10, 40, 10)),
            update(0.5f, 0f, new Contribution(5, 0, 0)));
    AggregateUpdate mean = DECODER.decode(sum, 2);
    assertThat(mean.meanDelta()).containsExactly(12.5f / 15, -5f / 15);
    assertThat(mean.weight()).isEqualTo(15);
    assertThat(mean.meanLoss()).isEqualTo(40.0 / 15);
    assertThat(mean.accuracy()).isEqualTo(10.0 / 15);
  }

  @Test
  void asManyUpdatesAsTheLanesHoldDecodeAtBothEndsOfTheRange() throws UnusableAggregateException {
    float end = 2047 / 1024f * (1 - 1e-6f);
    ModularVector sum = LAYOUT.newSum();
    // The largest values that a lane can be given, not only those that an encoder writes.
    ByteString heaviest = update(end, 0, new Contribution(10, 40, 10));
    for (int i = 0; i < 512; i++) {
      sum.add(heaviest.asReadOnlyByteBuffer(), 0);
    }
    AggregateUpdate mean = DECODER.decode(sum, 512);
    assertThat(mean.meanDelta()[0]).isBetween(2046 / 1024f, 2047 / 1024f);
    assertThat(mean.meanDelta()[1]).isEqualTo(0);
    assertThat(mean.weight()).isEqualTo(5120);
    assertThat(mean.meanLoss()).isEqualTo(4);
    assertThat(mean.accuracy()).isEqualTo(1);

    AggregateUpdate top = DECODER.decode(sumOf(512 * 4095L, 512L, 5120, 0), 512);
    assertThat(top.meanDelta()).containsExactly(2047 / 1024f, -2047 / 1024f);

    assertThatThrownBy(() -> DECODER.decode(sum, 513))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("513 participants, expected 1 to 512");
  }

  @Test
  void sumsWithoutWeightAreRefused() {
    assertThat(reasonFor(sumOf(2048, 2048, 0, 0), 1)).isEqualTo(Reason.NO_WEIGHT);
    assertThat(reasonFor(LAYOUT.newSum(), 3)).isEqualTo(Reason.NO_WEIGHT);
  }

  @Test
  void sumsThatSoManyParticipantsCannotReachAreRefused() throws UnusableAggregateException {
    assertThat(DECODER.decode(sumOf(2 * 4095, 0, 20, 0), 2).weight()).isEqualTo(20);
    assertThat(reasonFor(sumOf(2 * 4095 + 1, 0, 20, 0), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(0, 2 * 4095 + 1, 20, 0), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(0, 0, 21, 0), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(0, 0, 20, 21L << 21), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(0, 0, 20, 2 * 4095 + 1), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(0, 0, 20, 1L << 42), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(0, 0, 20, 1L << 63), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    ModularVector stillMasked = LAYOUT.newSum();
    stillMasked.add(new long[] {0x9E3779B97F4A7C15L, 0xD1B54A32D192ED03L});
    assertThat(reasonFor(stillMasked, 2)).isEqualTo(Reason.OUT_OF_RANGE);
  }

  /** Weights from 1 to 10: a hostile participant may not take off what others weigh. */
  @Test
  void sumsThatTheirWeightsCannotReachAreRefused() throws UnusableAggregateException {
    long zero = 2 * 2048;
    assertThat(DECODER.decode(sumOf(zero, zero, 2, 0), 2).weight()).isEqualTo(2);
    assertThat(reasonFor(sumOf(zero, zero, 1, 0), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    // Of weight 2 in 20, and each of the two rounded up.
    assertThat(DECODER.decode(sumOf(zero + 411, zero - 411, 2, 0), 2).meanDelta()[0])
        .isBetween(2f, 2.01f);
    assertThat(reasonFor(sumOf(zero + 413, zero, 2, 0), 2)).isEqualTo(Reason.OUT_OF_RANGE);
    assertThat(reasonFor(sumOf(zero, zero - 413, 2, 0), 2)).isEqualTo(Reason.OUT_OF_RANGE);
  }

  private static Reason reasonFor(ModularVector sum, int participants) {
    return catchThrowableOfType(
            UnusableAggregateException.class, () -> DECODER.decode(sum, participants))
        .reason();
  }

  @Test
  void callersThatMixUpRoundsAreToldSo() {
    assertThatThrownBy(() -> DECODER.decode(new ModularVector(3), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sum of 3 words, expected 2");
    assertThatThrownBy(() -> DECODER.decode(LAYOUT.newSum(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
