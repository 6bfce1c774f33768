package io.covey.simulator.scenario;

import java.time.Duration;
import java.util.Random;

/** A random length of time, at least 0. */
public sealed interface DurationDistribution {
  /** No longer than this, whatever the distribution says. */
  Duration LONGEST = Duration.ofDays(7);

  /** Draws one; {@link Random} because its sequences are the same on every Java platform. */
  Duration draw(Random random);

  /** Always the same. */
  record Constant(Duration value) implements DurationDistribution {
    public Constant {
      check("value", value);
    }

    @Override
    public Duration draw(Random random) {
      return value;
    }
  }

  /** Every length between two bounds is equally likely. */
  record Uniform(Duration from, Duration to) implements DurationDistribution {
    public Uniform {
      check("from", from);
      check("to", to);
      if (from.compareTo(to) > 0) {
        throw new IllegalArgumentException("from " + from + " exceeds to " + to);
      }
    }

    @Override
    public Duration draw(Random random) {
      return from.plusNanos(Math.round(random.nextDouble() * to.minus(from).toNanos()));
    }
  }

  /**
   * The logarithm is normal: most are near the median, a few are many times longer, as with the
   * speeds of real devices.
   *
   * @param sigma standard deviation of the natural logarithm, 0 to 5
   */
  record LogNormal(Duration median, double sigma) implements DurationDistribution {
    public LogNormal {
      check("median", median);
      if (!(sigma >= 0 && sigma <= 5)) {
        throw new IllegalArgumentException("sigma is " + sigma + ", expected 0 to 5");
      }
    }

    @Override
    public Duration draw(Random random) {
      double nanos = (double) median.toNanos() * StrictMath.exp(sigma * random.nextGaussian());
      return Duration.ofNanos((long) Math.min(nanos, (double) LONGEST.toNanos()));
    }
  }

  private static void check(String what, Duration duration) {
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(what + " is " + duration + ", expected 0 to " + LONGEST);
    }
  }
}
