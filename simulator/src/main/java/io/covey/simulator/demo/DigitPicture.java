package io.covey.simulator.demo;

import io.covey.simulator.data.Digit;
import io.covey.simulator.report.Glyphs;
import java.util.ArrayList;
import java.util.List;

/** A digit drawn with characters, two for each pixel, since characters are taller than wide. */
final class DigitPicture {
  private DigitPicture() {}

  /** {@value Digit#SIDE} lines of {@code 2 * SIDE} characters. */
  static List<String> draw(Digit digit, Glyphs glyphs) {
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < Digit.SIDE; row++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < Digit.SIDE; column++) {
        int intensity = digit.pixel(row * Digit.SIDE + column);
        String shade = String.valueOf(glyphs.shade(intensity * (double) Digit.SCALE));
        line.append(shade).append(shade);
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
