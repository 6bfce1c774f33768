package io.covey.benchmarks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StepTimesTest {
  @Test
  void theFigureIsTheMeanOfTheFastestTenthInMicroseconds() {
    StepTimes times = new StepTimes(20);
    for (int i = 20; i >= 1; i--) {
      times.add(i * 1_000L);
    }
    assertThat(times.fastestTenthMicros()).isEqualTo(1.5);
  }

  @Test
  void ofFewStepsTheFastestCounts() {
    StepTimes times = new StepTimes(100);
    times.add(7_000);
    times.add(5_000);
    assertThat(times.fastestTenthMicros()).isEqualTo(5);
  }

  @Test
  void withoutAStepThereIsNoFigure() {
    assertThatThrownBy(() -> new StepTimes(1).fastestTenthMicros())
        .hasMessageContaining("no step was timed");
  }
}
