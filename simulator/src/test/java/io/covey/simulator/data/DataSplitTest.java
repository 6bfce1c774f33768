package io.covey.simulator.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataSplitTest {
  private static final List<Digit> DIGITS =
      HeldOutSplit.stratified(DigitsCsv.all(), 0.2, 1).training();

  @ParameterizedTest
  @CsvSource({"1, 1", "10, 7", "200, 7", "359, 3"})
  void everyExampleGoesToExactlyOneAgentAndNobodyIsLeftWithout(int agents, long seed) {
    for (DataSplit split : List.of(new DataSplit.Uniform(), new DataSplit.Dirichlet(0.05))) {
      List<List<Digit>> shards = split.shards(DIGITS, agents, seed);

      assertThat(shards).hasSize(agents);
      assertThat(shards.stream().flatMap(List::stream).toList())
          .containsExactlyInAnyOrderElementsOf(DIGITS);
      assertThat(shards)
          .allSatisfy(s -> assertThat(s).hasSizeGreaterThanOrEqualTo(DataSplit.MINIMUM_EXAMPLES));
    }
  }

  @Test
  void aSeedAlwaysGivesTheSameShardsAndAnotherSeedOthers() {
    DataSplit split = new DataSplit.Dirichlet(0.5);
    assertThat(split.shards(DIGITS, 10, 5))
        .isEqualTo(split.shards(DIGITS, 10, 5))
        .isNotEqualTo(split.shards(DIGITS, 10, 6));
  }

  @Test
  void smallConcentrationsSkewLabelsAndLargeOnesDoNot() {
    double even = skew(new DataSplit.Uniform());
    double large = skew(new DataSplit.Dirichlet(1000));
    double usual = skew(new DataSplit.Dirichlet(0.5));
    double small = skew(new DataSplit.Dirichlet(0.05));

    assertThat(large).isCloseTo(even, within(0.1));
    assertThat(usual).isGreaterThan(large + 0.1);
    assertThat(small).isGreaterThan(usual + 0.1);
  }

  @Test
  void proportionsHaveTheMomentsOfTheDistribution() {
    int dimension = 10;
    double alpha = 0.5;
    DirichletSampler sampler = new DirichletSampler(alpha, dimension);
    Random random = new Random(11);
    int draws = 20_000;
    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < draws; i++) {
      double[] proportions = sampler.next(random);
      assertThat(Arrays.stream(proportions).sum()).isCloseTo(1, within(1e-12));
      sum += proportions[3];
      sumOfSquares += proportions[3] * proportions[3];
    }
    double mean = 1.0 / dimension;
    double variance = mean * (1 - mean) / (dimension * alpha + 1);
    // Four standard errors of the mean; the variance's is smaller than a tenth of it.
    assertThat(sum / draws).isCloseTo(mean, within(4 * Math.sqrt(variance / draws)));
    assertThat(sumOfSquares / draws - mean * mean).isCloseTo(variance, within(variance / 10));
  }

  @Test
  void impossibleDivisionsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataSplit.Uniform().shards(DIGITS, 360, 1))
        .withMessageContaining("360 agents, expected 1 to 359");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataSplit.Uniform().shards(DIGITS, 0, 1))
        .withMessageContaining("0 agents");
    for (double alpha : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new DataSplit.Dirichlet(alpha))
          .withMessageContaining("expected 0.001 to 1000000");
    }
  }

  /** The mean share of an agent's most frequent label. */
  private static double skew(DataSplit split) {
    return split.shards(DIGITS, 10, 9).stream()
        .mapToDouble(
            shard ->
                Labels.group(shard).stream().mapToInt(List::size).max().orElseThrow()
                    / (double) shard.size())
        .average()
        .orElseThrow();
  }
}
