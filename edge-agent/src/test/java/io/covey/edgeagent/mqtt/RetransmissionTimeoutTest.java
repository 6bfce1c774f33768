package io.covey.edgeagent.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetransmissionTimeoutTest {
  private final RetransmissionTimeout timeout =
      new RetransmissionTimeout(Duration.ofSeconds(10), Duration.ofSeconds(60));

  @Test
  void beforeAnythingIsMeasuredItIsTheInitialOne() {
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void itIsTheSmoothedRoundTripAndFourVariations() {
    timeout.sample(Duration.ofSeconds(4));
    // RFC 6298, 2.2: 4 s and half of it.
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(12));
    timeout.sample(Duration.ofSeconds(8));
    // 2.3: the variation is 2 + (4 - 2) / 4 = 2.5 s, then the round trip 4 + 4 / 8 = 4.5 s.
    assertThat(timeout.current()).isEqualTo(Duration.ofMillis(14_500));
  }

  @Test
  void itIsNeverBelowTheMinimum() {
    timeout.sample(Duration.ofMillis(1));
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void itDoublesUntilSomethingComesAndEndsAtTheLongest() {
    timeout.expired();
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(20));
    for (int i = 0; i < 100; i++) {
      timeout.expired();
    }
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(60));
    timeout.sample(Duration.ofSeconds(2));
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void nonsenseOfAClockIsBounded() {
    timeout.sample(Duration.ofDays(3650));
    assertThat(timeout.current()).isEqualTo(Duration.ofSeconds(60));
    timeout.sample(Duration.ofDays(-3650));
    assertThat(timeout.current()).isPositive();
  }
}
