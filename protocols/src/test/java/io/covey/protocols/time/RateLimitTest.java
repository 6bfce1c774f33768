package io.covey.protocols.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long RATE = 1000;

  @Test
  void aSecondsWorthGoesAtOnceAndThenTheRate() {
    RateLimit limit = RateLimit.of(RATE, START);
    assertThat(limit.wait(RATE, START)).isZero();
    limit.take(RATE, START);
    assertThat(limit.wait(500, START)).isBetween(Duration.ofMillis(500), Duration.ofMillis(501));
    assertThat(limit.wait(500, START.plusMillis(501))).isZero();
  }

  @Test
  void aPieceAboveTheRateWaitsForAFullBucketAndIsPaidOffAfterwards() {
    RateLimit limit = RateLimit.of(RATE, START);
    assertThat(limit.wait(5000, START)).isZero();
    limit.take(5000, START);
    assertThat(limit.wait(1, START)).isGreaterThan(Duration.ofSeconds(4));
    assertThat(limit.wait(1, START.plusSeconds(5))).isZero();
  }

  @Test
  void aClockThatJumpsTenYearsGivesOneBucketAtMost() {
    RateLimit limit = RateLimit.of(RATE, START);
    limit.take(RATE, START);
    Instant back = START.minus(Duration.ofDays(3650));
    assertThat(limit.wait(RATE, back)).isGreaterThan(Duration.ofMillis(999));
    assertThat(limit.wait(RATE, back.plusSeconds(1))).isZero();
    limit.take(RATE, back.plusSeconds(1));
    Instant ahead = START.plus(Duration.ofDays(3650));
    assertThat(limit.wait(RATE, ahead)).isZero();
    limit.take(RATE, ahead);
    assertThat(limit.wait(RATE, ahead)).isGreaterThan(Duration.ofMillis(999));
  }

  @Test
  void withoutALimitNothingWaits() {
    RateLimit none = RateLimit.of(0, START);
    none.take(Long.MAX_VALUE, START);
    assertThat(none.wait(Long.MAX_VALUE, START)).isZero();
    assertThatThrownBy(() -> RateLimit.of(-1, START))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 0 or more");
  }
}
