package io.covey.simulator.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigitsCsvTest {

  @Test
  void allDigitsOfTheDataSetAreThere() {
    List<Digit> digits = DigitsCsv.all();

    assertThat(digits).hasSize(1797);
    assertThat(Labels.group(digits).stream().map(List::size))
        .containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
  }

  @Test
  void whatIsWrittenIsTheFileThatWasRead() throws IOException {
    try (InputStream in = DigitsCsv.class.getResourceAsStream("digits.csv")) {
      assertThat(in).isNotNull();
      String file = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
      assertThat(DigitsCsv.write(DigitsCsv.all())).isEqualTo(file);
    }
  }

  @Test
  void featuresArePixelsFromZeroToOne() {
    byte[] pixels = new byte[Digit.PIXELS];
    pixels[0] = 16;
    pixels[63] = 4;

    float[] features = new Digit(pixels, 0).features();

    assertThat(features).hasSize(64).startsWith(1f, 0f).endsWith(0f, 0.25f);
  }

  @Test
  void imagesThatAreNoneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Digit(new byte[63], 1))
        .withMessage("an image of 63 pixels, expected 64");
    byte[] tooDark = new byte[Digit.PIXELS];
    tooDark[5] = 17;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Digit(tooDark, 1))
        .withMessage("a pixel of 17, expected 0 to 16");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Digit(new byte[Digit.PIXELS], 10))
        .withMessage("label 10, expected 0 to 9");
  }
}
