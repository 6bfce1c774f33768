package io.covey.benchmarks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.delivery.DeliverySettings.Mode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeliveryResultTest {
  private static final int BYTES = 1_000_000;
  private static final long HEAP = 512L << 20;

  private static DeliveryResult result(
      double loss, int cuts, Mode mode, int complete, long down, long heap) {
    DeliveryCase bench =
        new DeliveryCase(8, BYTES, loss, cuts, mode, false, 1, Duration.ofMinutes(1));
    return new DeliveryResult(bench, complete, 1, down, down, down, 0, 0, 0, 0, 0, 0, heap);
  }

  @Test
  void withoutFaultsTwoPercentAndFourKibibytesAreAllowedAndNotAByteMore() {
    assertThat(result(0, 0, Mode.RETAINED, 8, 1_024_096, HEAP).missed()).isEmpty();
    assertThat(result(0, 0, Mode.RETAINED, 8, 1_024_097, HEAP).missed())
        .containsExactly("1024097 bytes went to one agent, at most 1024096 should");
  }

  @Test
  void withFaultsOrOnRequestItIsFifteenPercent() {
    for (DeliveryResult met :
        new DeliveryResult[] {
          result(0.05, 0, Mode.RETAINED, 8, 1_149_999, HEAP),
          result(0, 1, Mode.RETAINED, 8, 1_149_999, HEAP),
          result(0, 0, Mode.ON_REQUEST, 8, 1_149_999, HEAP)
        }) {
      assertThat(met.missed()).isEmpty();
    }
    assertThat(result(0.05, 2, Mode.RETAINED, 8, 1_150_001, HEAP).missed()).hasSize(1);
  }

  @Test
  void aMissingFileAndALargeHeapAreMissedGoals() {
    DeliveryResult poor = result(0, 0, Mode.RETAINED, 7, BYTES, HEAP + 1);
    assertThat(poor.missed())
        .containsExactly(
            "1 of 8 agents do not have the whole file",
            "the coordinator's heap held 536870913 bytes, at most 536870912 should be needed");
    assertThat(poor.json()).contains("\"goalsMet\":false", "\"heapWithinGoal\":false");
    assertThat(result(0, 0, Mode.RETAINED, 8, BYTES, HEAP).json()).contains("\"goalsMet\":true");
  }
}
