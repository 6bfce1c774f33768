package io.covey.crypto.message;

import io.covey.crypto.identity.Validity;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.SignedMessage.Period;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a message counts now. */
final class Freshness {
  /** How far two clocks may be apart: as for certificates, and what Kerberos does (RFC 4120). */
  static final Duration CLOCK_SKEW = Validity.CLOCK_TOLERANCE;

  private Freshness() {}

  /** From now on for {@code lifetime}. */
  static Period period(Instant now, Duration lifetime) {
    return new Period(now.toEpochMilli(), now.plus(lifetime).toEpochMilli());
  }

  /** Why a message does not count now, by this clock; empty when it does. */
  static Optional<DecodeException> refusal(Period period, Instant now) {
    Duration ahead = Duration.between(now, Instant.ofEpochMilli(period.issuedAtMillis()));
    if (ahead.compareTo(CLOCK_SKEW) > 0) {
      return Optional.of(
          new DecodeException(
              Kind.WRONG_CLOCK,
              "a message issued %s ahead of the clock here, expected at most %s: set the clock that is wrong"
                  .formatted(readable(ahead), CLOCK_SKEW)));
    }
    Duration late = Duration.between(Instant.ofEpochMilli(period.expiresAtMillis()), now);
    if (late.compareTo(CLOCK_SKEW) > 0) {
      return Optional.of(
          new DecodeException(
              Kind.EXPIRED,
              "a message that expired %s ago: it was held back, or a clock is wrong"
                  .formatted(readable(late))));
    }
    return Optional.empty();
  }

  private static Duration readable(Duration exact) {
    return Duration.ofSeconds(exact.toSeconds());
  }
}
