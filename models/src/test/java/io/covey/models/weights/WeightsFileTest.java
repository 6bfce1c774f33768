package io.covey.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.ModelException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightsFileTest {
  private static final TensorLengths SMALL = TensorLengths.of(List.of(2, 1));
  private static final TensorLengths LENGTHS = TensorLengths.of(List.of(3000, 1, 40, 500));

  @Test
  void filesAreTheBytesThatOtherVersionsRead() {
    float[] before = {0.5f, -1f, 3f};
    float[] after = {0.5f, -0.9921875f, 3f};
    PublishedWeights base =
        PublishedWeights.of(before, SMALL, WeightForm.FLOAT16, Optional.empty());
    PublishedWeights next =
        PublishedWeights.of(after, SMALL, WeightForm.FLOAT16, Optional.of(base));
    PublishedWeights bytes = PublishedWeights.of(before, SMALL, WeightForm.INT8, Optional.empty());
    assertThat(
            List.of(
                hex(WeightsFile.whole(base)),
                hex(WeightsFile.difference(next, base)),
                hex(WeightsFile.whole(bytes))))
        .containsExactly(GOLDEN_WHOLE, GOLDEN_DIFFERENCE, GOLDEN_INT8);
  }

  private static final String GOLDEN_WHOLE =
      "4356595701010200020000000300000015e929a6a7a038e3943020f98ac789e00b5003abf82645f19141ac13bbacc2c200000038bc42";
  private static final String GOLDEN_DIFFERENCE =
      "435659570102020002000000030000007fb73ae01d61638ef21ba5c4a3ac4a0c3bae966c6cd24d709159240e3107bc3a15e929a6a7a038e3943020f98ac789e00b5003abf82645f19141ac13bbacc2c2001f00000000";
  private static final String GOLDEN_INT8 =
      "43565957010103000200000003000000d0c0dfef3b059ce1fb1e552881b16a02e377468638b1afa65af0a483d0c29e7a0402013c0683c13c40817f";

  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void wholeAndDifferenceLeadToTheVerySameValues(WeightForm form) {
    SplittableRandom random = seeded(1);
    float[] masters = weights(random, LENGTHS, 0.1);
    PublishedWeights base = PublishedWeights.of(masters, LENGTHS, form, Optional.empty());
    step(masters, random, 0.001);
    PublishedWeights next = PublishedWeights.of(masters, LENGTHS, form, Optional.of(base));
    float[] fromWhole = WeightsFile.readWhole(WeightsFile.whole(next), LENGTHS).values();
    float[] fromDifference =
        WeightsFile.readDifference(WeightsFile.difference(next, base), base).values();
    assertThat(fromWhole).isEqualTo(next.values());
    assertThat(fromDifference).isEqualTo(next.values());
  }

  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void whatWasWrittenIsReadAgainAtTheEdgesOfTheRange(WeightForm form) {
    TensorLengths lengths = TensorLengths.of(List.of(6));
    float[] masters = {0f, -0f, Float.MIN_VALUE, 6e-5f, -65504f, 1e-8f};
    PublishedWeights weights = PublishedWeights.of(masters, lengths, form, Optional.empty());
    assertThat(WeightsFile.readWhole(WeightsFile.whole(weights), lengths).values())
        .isEqualTo(weights.values());
  }

  @Test
  void aDifferenceOfSmallStepsIsSmallerThanTheWholeAndThatThanItsCodes() {
    SplittableRandom random = seeded(2);
    TensorLengths lengths = TensorLengths.of(List.of(100_000));
    for (WeightForm form : WeightForm.values()) {
      float[] masters = weights(random, lengths, 0.1);
      PublishedWeights base = PublishedWeights.of(masters, lengths, form, Optional.empty());
      step(masters, random, 0.001);
      PublishedWeights next = PublishedWeights.of(masters, lengths, form, Optional.of(base));
      int raw = form.codeBytes() * lengths.total();
      int whole = WeightsFile.whole(next).length;
      int difference = WeightsFile.difference(next, base).length;
      System.out.printf("%s: %d raw, %d whole, %d difference%n", form, raw, whole, difference);
      assertThat(whole).isLessThan(raw);
      assertThat(difference).isLessThan(form == WeightForm.INT8 ? whole / 2 : whole * 9 / 10);
    }
  }

  @Test
  void damagedFilesAreRefusedAndNothingElseHappens() {
    SplittableRandom random = seeded(3);
    for (WeightForm form : WeightForm.values()) {
      float[] masters = weights(random, LENGTHS, 0.1);
      PublishedWeights base = PublishedWeights.of(masters, LENGTHS, form, Optional.empty());
      step(masters, random, 0.01);
      PublishedWeights next = PublishedWeights.of(masters, LENGTHS, form, Optional.of(base));
      byte[] whole = WeightsFile.whole(next);
      byte[] difference = WeightsFile.difference(next, base);
      for (int i = 0; i < 1000; i++) {
        byte[] bad = mutated(whole, random);
        assertThatThrownBy(() -> WeightsFile.readWhole(bad, LENGTHS))
            .isInstanceOf(ModelException.class);
        byte[] worse = mutated(difference, random);
        assertThatThrownBy(() -> WeightsFile.readDifference(worse, base))
            .isInstanceOf(ModelException.class);
      }
    }
  }

  @Test
  void aFileThatUnpacksToMoreThanTheGraphHasIsRefused() {
    PublishedWeights zeros =
        PublishedWeights.of(
            new float[3_000_000], one(3_000_000), WeightForm.INT8, Optional.empty());
    byte[] bomb = WeightsFile.whole(zeros);
    assertThatThrownBy(() -> WeightsFile.readWhole(bomb, one(30)))
        .hasMessageContaining("3000000 values");
    // The same content under a header that agrees with the graph.
    bomb[12] = 30;
    bomb[13] = 0;
    bomb[14] = 0;
    assertThatThrownBy(() -> WeightsFile.readWhole(bomb, one(30)))
        .hasMessageContaining("more than 30 bytes");
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      PublishedWeights broken =
          new PublishedWeights(
              WeightForm.FLOAT32, one(2), new float[0], new int[] {0, Float.floatToIntBits(bad)});
      assertThatThrownBy(() -> WeightsFile.readWhole(WeightsFile.whole(broken), one(2)))
          .hasMessageContaining("weight 1 is " + bad);
      PublishedWeights scaled =
          new PublishedWeights(WeightForm.INT8, one(1), new float[] {bad}, new int[] {1});
      assertThatThrownBy(() -> WeightsFile.readWhole(WeightsFile.whole(scaled), one(1)))
          .hasMessageContaining("a scale is " + bad);
    }
  }

  @Test
  void aDifferenceToOtherWeightsIsRefused() {
    SplittableRandom random = seeded(4);
    float[] masters = weights(random, LENGTHS, 0.1);
    PublishedWeights base =
        PublishedWeights.of(masters, LENGTHS, WeightForm.INT8, Optional.empty());
    step(masters, random, 0.05);
    PublishedWeights other =
        PublishedWeights.of(masters, LENGTHS, WeightForm.INT8, Optional.of(base));
    byte[] difference = WeightsFile.difference(other, base);
    assertThatThrownBy(() -> WeightsFile.readDifference(difference, other))
        .hasMessageContaining("fetch the whole ones");
  }

  private static byte[] mutated(byte[] file, RandomGenerator random) {
    if (random.nextInt(4) == 0) {
      return Arrays.copyOf(file, random.nextInt(file.length));
    }
    byte[] bad = file.clone();
    int at =
        random.nextInt(3) == 0
            ? random.nextInt(Math.min(96, bad.length))
            : random.nextInt(bad.length);
    bad[at] ^= (byte) (1 << random.nextInt(8));
    return bad;
  }

  private static TensorLengths one(int length) {
    return TensorLengths.of(List.of(length));
  }

  static float[] weights(RandomGenerator random, TensorLengths lengths, double deviation) {
    float[] weights = new float[lengths.total()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (deviation * random.nextGaussian());
    }
    return weights;
  }

  static void step(float[] weights, RandomGenerator random, double deviation) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] += (float) (deviation * random.nextGaussian());
    }
  }

  private static SplittableRandom seeded(long seed) {
    System.out.println("seed " + seed);
    return new SplittableRandom(seed);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
