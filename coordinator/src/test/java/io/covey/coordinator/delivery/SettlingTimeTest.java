package io.covey.coordinator.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettlingTimeTest {
  private static final Duration SHORTEST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final SettlingTime settling = new SettlingTime(SHORTEST, LONGEST);

  @Test
  void itFollowsWhatIsMeasuredWithinBounds() {
    assertThat(settling.current()).isEqualTo(SHORTEST);
    settling.sample(Duration.ofSeconds(1));
    assertThat(settling.current()).isEqualTo(Duration.ofSeconds(3));
    for (int i = 0; i < 100; i++) {
      settling.sample(Duration.ofSeconds(1));
    }
    assertThat(settling.current()).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1001));
    for (int i = 0; i < 100; i++) {
      settling.sample(Duration.ofDays(1_000_000_000));
    }
    assertThat(settling.current()).isEqualTo(LONGEST);
    for (int i = 0; i < 200; i++) {
      settling.sample(Duration.ofSeconds(-1));
    }
    assertThat(settling.current()).isEqualTo(SHORTEST);
  }

  @Test
  void withoutGatheringNothingIsHeld() {
    SettlingTime none = new SettlingTime(Duration.ZERO, Duration.ZERO);
    none.sample(Duration.ofSeconds(5));
    assertThat(none.current()).isZero();
  }
}
