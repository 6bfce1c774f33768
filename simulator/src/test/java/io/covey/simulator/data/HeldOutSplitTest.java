package io.covey.simulator.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeldOutSplitTest {
  private static final List<Digit> DIGITS = DigitsCsv.all();

  @Test
  void everyDigitIsEitherHeldOutOrTrainedOn() {
    HeldOutSplit split = HeldOutSplit.stratified(DIGITS, 0.2, 1);

    Set<Digit> seen = new HashSet<>(split.training());
    assertThat(seen).doesNotContainAnyElementsOf(split.heldOut());
    seen.addAll(split.heldOut());
    assertThat(seen).hasSameSizeAs(DIGITS).containsAll(DIGITS);
  }

  @Test
  void everyLabelIsHeldOutInTheSameProportion() {
    HeldOutSplit split = HeldOutSplit.stratified(DIGITS, 0.2, 2);

    List<List<Digit>> all = Labels.group(DIGITS);
    List<List<Digit>> heldOut = Labels.group(split.heldOut());
    for (int label = 0; label < Digit.LABELS; label++) {
      double expected = 0.2 * all.get(label).size();
      assertThat((double) heldOut.get(label).size()).isCloseTo(expected, within(0.5));
    }
  }

  @Test
  void aSeedAlwaysGivesTheSameSplitAndAnotherSeedAnother() {
    assertThat(HeldOutSplit.stratified(DIGITS, 0.2, 3))
        .isEqualTo(HeldOutSplit.stratified(DIGITS, 0.2, 3))
        .isNotEqualTo(HeldOutSplit.stratified(DIGITS, 0.2, 4));
  }

  @Test
  void fractionsThatLeaveAPartEmptyAreRefused() {
    for (double fraction : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> HeldOutSplit.stratified(DIGITS, fraction, 1))
          .withMessageContaining("expected between 0 and 1");
    }
  }
}
