package io.covey.simulator.report;

import java.time.Duration;
import java.util.Locale;

/** Numbers with units, for people. */
public final class Quantities {
  private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Quantities() {}

  /** Such as {@code 24.6 KiB}. */
  public static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String format = unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, value, BYTE_UNITS[unit]);
  }

  /** Such as {@code 93.1 %}; a dash for NaN. */
  public static String percent(double fraction) {
    return Double.isNaN(fraction) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
  }

  /** Such as {@code 12m 3s}. */
  public static String duration(Duration duration) {
    StringBuilder text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append("h ");
    }
    if (duration.toMinutes() > 0) {
      text.append(duration.toMinutesPart()).append("m ");
    }
    return text.append(duration.toSecondsPart()).append('s').toString();
  }
}
