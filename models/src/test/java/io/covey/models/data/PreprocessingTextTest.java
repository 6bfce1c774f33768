package io.covey.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a model's file says about its examples. */
class PreprocessingTextTest {
  private static final Preprocessing IMAGES =
      new Preprocessing(
          1 / 255f,
          List.of(0.485f, 0.456f, 0.406f),
          List.of(0.229f, 0.224f, 0.225f),
          Preprocessing.Layout.CHANNELS_FIRST,
          Preprocessing.ChannelOrder.REVERSED,
          Preprocessing.Resizing.BILINEAR);

  @Test
  void whatIsWrittenIsRead() {
    for (Preprocessing each : List.of(IMAGES, Preprocessing.IDENTITY)) {
      assertThat(PreprocessingText.read(PreprocessingText.write(each))).isEqualTo(each);
    }
    assertThat(new String(PreprocessingText.write(IMAGES), StandardCharsets.UTF_8))
        .startsWith("scale\t0.003921569\nmean\t0.485 0.456 0.406\n");
  }

  @Test
  void anythingElseIsRefused() {
    String whole = new String(PreprocessingText.write(IMAGES), StandardCharsets.UTF_8);
    for (String wrong :
        List.of(
            "",
            whole + "\n",
            whole.replace("scale", "skale"),
            whole.replace("0.456", "NaN"),
            whole.replace("0.003921569", "0"),
            whole.replace("BILINEAR", "CUBIC"),
            whole.replace("0.485", "1 ".repeat(5000)),
            "x".repeat(1 << 19))) {
      assertThatThrownBy(() -> PreprocessingText.read(wrong.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOfSatisfying(
              DataException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
    }
  }

  @Test
  void mutatedTextsAreReadOrRefused() {
    SplittableRandom random = new SplittableRandom(20_261_126);
    int read = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] text = PreprocessingText.write(IMAGES);
      text[random.nextInt(text.length)] = (byte) random.nextInt(256);
      try {
        PreprocessingText.read(text);
        read++;
      } catch (DataException e) {
        assertThat(e.reason()).isEqualTo(Reason.DAMAGED);
      }
    }
    assertThat(read).isBetween(1, 4_999);
  }
}
