package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecAggParametersTest {
  @ParameterizedTest(name = "{0} participants, {1}, {2} corrupt, {3} dropped")
  @CsvSource({
    "128, SEMI_HONEST, 0.05, 0.05, 14, 7",
    "128, SEMI_HONEST, 0.1, 0.1, 26, 13",
    "128, SEMI_MALICIOUS, 0.05, 0.05, 20, 14",
    "128, SEMI_MALICIOUS, 0.1, 0.1, 38, 26",
    "128, SEMI_MALICIOUS, 0.2, 0.1, 50, 38",
    "256, SEMI_HONEST, 0.05, 0.05, 24, 13",
    "256, SEMI_HONEST, 0.1, 0.1, 40, 21",
    "256, SEMI_MALICIOUS, 0.05, 0.05, 38, 26",
    "256, SEMI_MALICIOUS, 0.1, 0.1, 70, 48",
    "256, SEMI_MALICIOUS, 0.2, 0.1, 92, 68",
    "1000, SEMI_HONEST, 0.05, 0.05, 34, 18",
    "1000, SEMI_HONEST, 0.1, 0.1, 52, 28",
    "1000, SEMI_MALICIOUS, 0.05, 0.05, 62, 43",
    "1000, SEMI_MALICIOUS, 0.1, 0.1, 114, 78",
    "1000, SEMI_MALICIOUS, 0.2, 0.1, 162, 118",
    "10000, SEMI_HONEST, 0.05, 0.05, 38, 21",
    "10000, SEMI_HONEST, 0.1, 0.1, 60, 32",
    "10000, SEMI_MALICIOUS, 0.05, 0.05, 74, 51",
    "10000, SEMI_MALICIOUS, 0.1, 0.1, 144, 98",
    "10000, SEMI_MALICIOUS, 0.2, 0.1, 216, 157",
    "1000000, SEMI_HONEST, 0.05, 0.05, 44, 24",
    "1000000, SEMI_HONEST, 0.1, 0.1, 70, 37",
    "1000000, SEMI_MALICIOUS, 0.05, 0.05, 86, 59",
    "1000000, SEMI_MALICIOUS, 0.1, 0.1, 168, 114",
    "1000000, SEMI_MALICIOUS, 0.2, 0.1, 254, 184"
  })
  void neighboursAndThresholdAreThoseOfTheTable(
      int cohort,
      AdversaryModel adversary,
      double corrupt,
      double dropped,
      int neighbours,
      int threshold)
      throws InfeasibleSecAggException {
    assertThat(SecAggParameters.random(cohort, SecAggAssumptions.of(adversary, corrupt, dropped)))
        .isEqualTo(new SecAggParameters(cohort, neighbours, threshold));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 10, 50, 127, 128})
  void upTo128EverybodyIsANeighbourAndMoreThanTwoThirdsMustHelp(int cohort)
      throws InfeasibleSecAggException {
    SecAggParameters parameters =
        SecAggParameters.of(cohort, SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.2, 0));
    assertThat(parameters.neighbours()).isEqualTo(cohort - 1);
    assertThat(3 * parameters.threshold()).isGreaterThan(2 * cohort);
    // Two disjoint groups of honest neighbours can not both be large enough.
    int corrupt = cohort / 5;
    assertThat(2 * parameters.threshold()).isGreaterThan(cohort - 1 + corrupt);
  }

  @Test
  void above128TheGraphIsRandom() throws InfeasibleSecAggException {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.05, 0.05);
    assertThat(SecAggParameters.of(256, assumptions))
        .isEqualTo(SecAggParameters.random(256, assumptions));
  }

  @Test
  void attemptsCostNeighbours() throws InfeasibleSecAggException {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.05, 0.05);
    SecAggParameters plain = SecAggParameters.random(10_000, assumptions);
    SecAggParameters paid = SecAggParameters.random(10_000, assumptions.withAttempts(64));
    assertThat(paid.neighbours()).isGreaterThan(plain.neighbours());
  }

  /** The figures of docs/secure-aggregation.md. */
  @ParameterizedTest(name = "{0} to {1} participants, {2} corrupt, {3} dropped")
  @CsvSource({
    "240, 256, 0.05, 0.05, 38, 26",
    "240, 256, 0.1, 0.1, 70, 48",
    "240, 256, 0.2, 0.1, 102, 77",
    "900, 1000, 0.05, 0.05, 84, 62",
    "900, 1000, 0.1, 0.1, 156, 113",
    "900, 1000, 0.2, 0.1, 228, 175",
    "9000, 10000, 0.05, 0.05, 108, 80",
    "9000, 10000, 0.1, 0.1, 214, 155",
    "9000, 10000, 0.2, 0.1, 338, 259",
    "900000, 1000000, 0.05, 0.05, 124, 91",
    "900000, 1000000, 0.1, 0.1, 246, 177",
    "900000, 1000000, 0.2, 0.1, 390, 297"
  })
  void sessionsPayForGrindingAndForSmallRosters(
      int minimum, int maximum, double corrupt, double dropped, int neighbours, int threshold)
      throws InfeasibleSecAggException {
    SecAggAssumptions assumptions =
        SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, corrupt, dropped);
    assertThat(SecAggParameters.forRosters(minimum, maximum, assumptions))
        .isEqualTo(new SecAggParameters(maximum, neighbours, threshold));
    SecAggParameters ofTheMaximum =
        SecAggParameters.of(maximum, assumptions.withAttempts(NeighbourGraph.ATTEMPT_BITS));
    assertThat(neighbours).isGreaterThanOrEqualTo(ofTheMaximum.neighbours());
    assertThat(threshold).isGreaterThanOrEqualTo(ofTheMaximum.threshold());
  }

  @Test
  void thresholdsAreSafeForEveryRosterOfTheRange() throws InfeasibleSecAggException {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.1, 0.1);
    SecAggParameters parameters = SecAggParameters.forRosters(400, 500, assumptions);
    BigDecimal limit =
        BigDecimal.ONE
            .divide(BigDecimal.valueOf(2).pow(40 + 64 + 1))
            .divide(BigDecimal.valueOf(500), new MathContext(36, RoundingMode.DOWN));
    for (int roster = 400; roster <= 500; roster++) {
      // All 50 that are corrupt of 500 are in the roster, however small.
      int corrupt = HypergeometricTail.quantile(roster, 50, parameters.neighbours(), limit);
      assertThat(2 * parameters.threshold())
          .as("roster of %d", roster)
          .isGreaterThan(corrupt + parameters.neighbours());
    }
  }

  @Test
  void moreNeighboursNeedAHigherThreshold() {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.1, 0.1);
    int before = 0;
    for (int neighbours = 160; neighbours < 500; neighbours += 20) {
      int least =
          SecAggParameters.leastSafeThreshold(neighbours, 900, 1000, assumptions).orElseThrow();
      assertThat(least).isGreaterThan(before).isGreaterThan(neighbours / 2);
      before = least;
    }
  }

  @Test
  void aSparseGraphHasNoSafeThreshold() {
    SecAggAssumptions assumptions = SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.1, 0.1);
    assertThat(SecAggParameters.leastSafeThreshold(20, 900, 1000, assumptions)).isEmpty();
  }

  @Test
  void infeasibleCohortsAreRefusedWithTheReason() {
    SecAggAssumptions honest = SecAggAssumptions.of(AdversaryModel.SEMI_HONEST, 0, 0);
    assertThatThrownBy(() -> SecAggParameters.of(3, honest))
        .isInstanceOf(InfeasibleSecAggException.class)
        .hasMessage(
            "a cohort of 3 has a threshold of 3, but a survivor may have only 2 other survivors");
    assertThatThrownBy(
            () ->
                SecAggParameters.of(12, SecAggAssumptions.of(AdversaryModel.SEMI_HONEST, 0.34, 0)))
        .isInstanceOf(InfeasibleSecAggException.class)
        .hasMessage("4 of 12 may be corrupt, expected less than a third");
    assertThatThrownBy(
            () ->
                SecAggParameters.of(10, SecAggAssumptions.of(AdversaryModel.SEMI_HONEST, 0.1, 0.3)))
        .isInstanceOf(InfeasibleSecAggException.class)
        .hasMessageContaining("only 6 other survivors");
    assertThatThrownBy(
            () ->
                SecAggParameters.random(
                    150, SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.45, 0.4)))
        .isInstanceOf(InfeasibleSecAggException.class)
        .hasMessage(
            "no threshold in a cohort of 150 to 150 is safe with 67 corrupt and reachable with 60"
                + " dropped");
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1",
    "3, 2, 1",
    "3, 2, 3",
    "10, 10, 5",
    "10, 5, 3",
    "10, 0, 0",
    "2000000, 4, 2"
  })
  void whatIsNoGraphOrNoThresholdCannotBeMade(int cohort, int neighbours, int threshold) {
    assertThatThrownBy(() -> new SecAggParameters(cohort, neighbours, threshold))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @CsvSource({"-0.1, 0, 40", "0.5, 0, 40", "NaN, 0, 40", "0, 0.5, 40", "0, 0, 0", "0, 0, 257"})
  void assumptionsOutOfRangeCannotBeMade(double corrupt, double dropped, int bits) {
    assertThatThrownBy(
            () -> new SecAggAssumptions(AdversaryModel.SEMI_HONEST, corrupt, dropped, bits, 30))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @CsvSource({"60, 12, 9", "60, 40, 30", "60, 9, 12", "60, 0, 5", "128, 25, 50", "40, 30, 20"})
  void quantilesAreThoseOfExactFractions(int population, int marked, int draws) {
    BigInteger all = choose(population, draws);
    for (int bits = 1; bits <= 60; bits++) {
      BigDecimal limit = BigDecimal.ONE.divide(BigDecimal.valueOf(2).pow(bits));
      int x = HypergeometricTail.quantile(population, marked, draws, limit);
      assertThat(atMost(above(population, marked, draws, x), all, bits)).isTrue();
      assertThat(x < 0 || !atMost(above(population, marked, draws, x - 1), all, bits)).isTrue();
    }
  }

  @Test
  void boundsAreAboveTheTruthByLittle() {
    BigDecimal exact =
        new BigDecimal(choose(25, 20))
            .divide(new BigDecimal(choose(128, 20)), new MathContext(60, RoundingMode.DOWN));
    BigDecimal bound = HypergeometricTail.allIn(128, 25, 20);
    assertThat(bound).isGreaterThanOrEqualTo(exact);
    assertThat(bound.subtract(exact)).isLessThan(exact.movePointLeft(33));
  }

  private static boolean atMost(BigInteger part, BigInteger all, int bits) {
    return part.shiftLeft(bits).compareTo(all) <= 0;
  }

  private static BigInteger above(int population, int marked, int draws, int x) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = Math.max(x + 1, 0); i <= Math.min(marked, draws); i++) {
      sum = sum.add(choose(marked, i).multiply(choose(population - marked, draws - i)));
    }
    return sum;
  }

  private static BigInteger choose(int from, int count) {
    if (count < 0 || count > from) {
      return BigInteger.ZERO;
    }
    BigInteger result = BigInteger.ONE;
    for (int i = 0; i < count; i++) {
      result = result.multiply(BigInteger.valueOf(from - i)).divide(BigInteger.valueOf(i + 1));
    }
    return result;
  }
}
