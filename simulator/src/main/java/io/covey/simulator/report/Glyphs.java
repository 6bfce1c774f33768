package io.covey.simulator.report;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;

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

  /** What this process's standard output can show. */
  public static Glyphs ofStandardOutput() {
    String fallback = System.getProperty("native.encoding", Charset.defaultCharset().name());
    return of(System.getProperty("stdout.encoding", fallback));
  }

  /** What a terminal with this encoding can show. */
  static Glyphs of(String encoding) {
    try {
      Charset charset = Charset.forName(encoding);
      boolean unicode = charset.canEncode() && charset.newEncoder().canEncode(UNICODE.bars);
      return unicode ? UNICODE : ASCII;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return ASCII;
    }
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
