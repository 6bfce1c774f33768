package io.covey.simulator.report;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The characters that pictures are drawn with.
 *
 * @param bars filling a cell from empty to full
 * @param shades from light to dark
 * @param axis the vertical axis
 */
public record Glyphs(String bars, String shades, char axis) {
  /** Block elements. */
  public static final Glyphs UNICODE = new Glyphs(" ▁▂▃▄▅▆▇█", " ░▒▓█", '┤');

  /** For terminals that know nothing else. */
  public static final Glyphs ASCII = new Glyphs(" .:#", " .+%@", '|');

  public Glyphs {
    if (bars.length() < 2 || shades.length() < 2) {
      throw new IllegalArgumentException("at least an empty and a full glyph are needed");
    }
  }

  /**
   * What a process's terminal can show, by the first of the locale's variables that is set
   * (POSIX.1, section 8.2).
   */
  public static Glyphs of(Map<String, String> environment) {
    return Stream.of("LC_ALL", "LC_CTYPE", "LANG")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .filter(value -> value.toLowerCase(Locale.ROOT).matches(".*utf-?8.*"))
        .map(value -> UNICODE)
        .orElse(ASCII);
  }

  /** The glyph that fills {@code fraction}, 0 to 1, of a cell. */
  char bar(double fraction) {
    return pick(bars, fraction);
  }

  /** The glyph for {@code darkness}, 0 to 1. */
  public char shade(double darkness) {
    return pick(shades, darkness);
  }

  private static char pick(String glyphs, double fraction) {
    double bounded = Math.max(0, Math.min(1, fraction));
    return glyphs.charAt((int) Math.round(bounded * (glyphs.length() - 1)));
  }
}
