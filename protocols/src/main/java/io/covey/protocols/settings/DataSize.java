package io.covey.protocols.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of data, written {@code 512B}, {@code 120KiB}, {@code 4MiB} or {@code 1GiB}. */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,15}) ?(B|KiB|MiB|GiB)");
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size of " + bytes + " bytes is negative");
    }
  }

  /**
   * Reads a whole number with its unit.
   *
   * @throws IllegalArgumentException when the text is anything else, or 2^63 bytes or more
   */
  public static DataSize parse(String text) {
    Matcher match = SYNTAX.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "expected a whole number with B, KiB, MiB or GiB, such as 120KiB");
    }
    long factor = 1;
    for (int i = 0; !UNITS[i].equals(match.group(2)); i++) {
      factor *= 1024;
    }
    try {
      return new DataSize(Math.multiplyExact(Long.parseLong(match.group(1)), factor));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("expected less than 2^63 bytes", e);
    }
  }

  /**
   * The size as an array length.
   *
   * @throws ArithmeticException from 2 GiB on
   */
  public int bytesAsInt() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** In the largest unit that divides it; {@link #parse} reads it back. */
  @Override
  public String toString() {
    long amount = bytes;
    int unit = 0;
    while (amount != 0 && amount % 1024 == 0 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + UNITS[unit];
  }
}
