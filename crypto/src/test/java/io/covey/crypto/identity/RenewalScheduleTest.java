package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.identity.RenewalSchedule.Step;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RenewalScheduleTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Validity NINETY_DAYS = Validity.from(START, Duration.ofDays(90));

  private static RenewalSchedule schedule(double jitter) {
    return new RenewalSchedule(NINETY_DAYS, jitter);
  }

  @Test
  void devicesRenewBetweenTwoThirdsAndFiveSixthsOfTheLife() {
    assertThat(schedule(0).dueAt()).isEqualTo(START.plus(Duration.ofDays(60)));
    assertThat(schedule(0.5).dueAt()).isEqualTo(START.plus(Duration.ofHours(24 * 60 + 180)));
    assertThat(schedule(Math.nextDown(1.0)).dueAt())
        .isBetween(
            START.plus(Duration.ofDays(75)).minusSeconds(1), START.plus(Duration.ofDays(75)));
  }

  @Test
  void theStepFollowsTheClock() {
    RenewalSchedule schedule = schedule(0);
    Instant end = NINETY_DAYS.notAfter();
    assertThat(schedule.at(START)).isEqualTo(Step.WAIT);
    assertThat(schedule.at(schedule.dueAt().minusMillis(1))).isEqualTo(Step.WAIT);
    assertThat(schedule.at(schedule.dueAt())).isEqualTo(Step.RENEW);
    assertThat(schedule.at(end.plus(Validity.CLOCK_TOLERANCE))).isEqualTo(Step.RENEW);
    assertThat(schedule.at(end.plus(Validity.CLOCK_TOLERANCE).plusMillis(1)))
        .isEqualTo(Step.ENROL_AGAIN);
  }

  @Test
  void aClockThatIsTenYearsOffIsToldApart() {
    assertThat(schedule(0).at(START.minus(Duration.ofDays(3650)))).isEqualTo(Step.CLOCK_IS_BEHIND);
    assertThat(schedule(0).at(START.plus(Duration.ofDays(3650)))).isEqualTo(Step.ENROL_AGAIN);
    assertThat(schedule(0).at(START.minus(Validity.CLOCK_TOLERANCE))).isEqualTo(Step.WAIT);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> schedule(1)).hasMessage("jitter of 1.0, expected 0 to below 1");
    assertThatThrownBy(() -> schedule(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Validity(5, 5)).hasMessageContaining("from 5 s to 5 s");
    assertThatThrownBy(() -> new Validity(0, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
