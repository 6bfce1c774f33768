package io.covey.crypto.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  private final ReplayWindow window = new ReplayWindow();

  @Test
  void eachNumberIsNewOnceInWhateverOrderItComes() {
    for (long number : new long[] {5, 3, 4, 0, 1, 2, 6}) {
      assertThat(window.isNew(number)).as("%d", number).isTrue();
    }
    for (long number = 0; number <= 6; number++) {
      assertThat(window.isNew(number)).as("%d again", number).isFalse();
    }
  }

  @Test
  void whatHasFallenBehindTheWindowIsNotNew() {
    assertThat(window.isNew(0)).isTrue();
    assertThat(window.isNew(ReplayWindow.SIZE + 1)).isTrue();
    assertThat(window.isNew(1)).as("one too far behind").isFalse();
    assertThat(window.isNew(2)).as("the last that the window holds").isTrue();
  }

  @Test
  void aJumpForgetsWhatItLeavesBehindAndNothingElse() {
    assertThat(window.isNew(7)).isTrue();
    assertThat(window.isNew(7L + 3L * ReplayWindow.SIZE)).as("the same bit").isTrue();
    assertThat(window.isNew(7L + 3L * ReplayWindow.SIZE - 1)).isTrue();
    assertThat(window.isNew(7)).isFalse();
    assertThat(window.isNew(Long.MAX_VALUE)).isTrue();
    assertThat(window.isNew(Long.MAX_VALUE)).isFalse();
    assertThat(window.isNew(Long.MAX_VALUE - 1)).isTrue();
  }

  @Test
  void itAgreesWithASetThatForgetsNothing() {
    SplittableRandom random = new SplittableRandom(1);
    Set<Long> seen = new HashSet<>();
    long highest = -1;
    long base = 0;
    for (int i = 0; i < 100_000; i++) {
      base += random.nextInt(5) == 0 ? random.nextInt(400) : 0;
      long number = Math.max(0, base - random.nextInt(2000));
      boolean inside = number > highest - ReplayWindow.SIZE;
      assertThat(window.isNew(number))
          .as("%d after %d", number, highest)
          .isEqualTo(inside && !seen.contains(number));
      seen.add(number);
      highest = Math.max(highest, number);
    }
  }
}
