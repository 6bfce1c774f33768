package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import io.covey.models.data.Preprocessing.ChannelOrder;
import io.covey.models.data.Preprocessing.Layout;
import io.covey.models.data.Preprocessing.Resizing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@link Preprocessing} as a text that a model's file carries along: one line for each part, its
 * name, a tab, and its values separated by spaces.
 */
public final class PreprocessingText {

  private static final int LONGEST_BYTES = 1 << 18;
  private static final int MOST_CHANNELS = 4096;

  private static final String SCALE = "scale";
  private static final String MEAN = "mean";
  private static final String STANDARD_DEVIATION = "standard-deviation";
  private static final String LAYOUT = "layout";
  private static final String CHANNEL_ORDER = "channel-order";
  private static final String RESIZING = "resizing";
  private static final List<String> PARTS =
      List.of(SCALE, MEAN, STANDARD_DEVIATION, LAYOUT, CHANNEL_ORDER, RESIZING);

  private PreprocessingText() {}

  /** The text, in UTF-8. */
  public static byte[] write(Preprocessing preprocessing) {
    List<String> lines =
        List.of(
            line(SCALE, Float.toString(preprocessing.scale())),
            line(MEAN, joined(preprocessing.mean())),
            line(STANDARD_DEVIATION, joined(preprocessing.standardDeviation())),
            line(LAYOUT, preprocessing.layout().name()),
            line(CHANNEL_ORDER, preprocessing.channelOrder().name()),
            line(RESIZING, preprocessing.resizing().name()));
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  private static String line(String part, String values) {
    return part + "\t" + values;
  }

  private static String joined(List<Float> values) {
    return values.stream().map(value -> Float.toString(value)).collect(Collectors.joining(" "));
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws DataException when it is something else
   */
  public static Preprocessing read(byte[] text) {
    if (text.length > LONGEST_BYTES) {
      throw damaged("it has " + text.length + " bytes", null);
    }
    String[] lines = new String(text, StandardCharsets.UTF_8).split("\n", PARTS.size() + 1);
    if (lines.length != PARTS.size()) {
      throw damaged("it has not " + PARTS.size() + " lines", null);
    }
    try {
      return new Preprocessing(
          Float.parseFloat(values(lines, SCALE)),
          floats(values(lines, MEAN)),
          floats(values(lines, STANDARD_DEVIATION)),
          Layout.valueOf(values(lines, LAYOUT)),
          ChannelOrder.valueOf(values(lines, CHANNEL_ORDER)),
          Resizing.valueOf(values(lines, RESIZING)));
    } catch (IllegalArgumentException e) {
      throw damaged("a value makes no sense", e);
    }
  }

  private static String values(String[] lines, String part) {
    String line = lines[PARTS.indexOf(part)];
    if (!line.startsWith(part + "\t")) {
      throw damaged("the line of '" + part + "' is missing", null);
    }
    return line.substring(part.length() + 1);
  }

  private static List<Float> floats(String values) {
    if (values.isEmpty()) {
      return List.of();
    }
    String[] texts = values.split(" ", MOST_CHANNELS + 1);
    if (texts.length > MOST_CHANNELS) {
      throw new IllegalArgumentException("more channels than " + MOST_CHANNELS);
    }
    return Arrays.stream(texts).map(Float::valueOf).toList();
  }

  private static DataException damaged(String what, @Nullable Throwable e) {
    String message = "the preprocessing that the file carries cannot be read: " + what;
    return e == null
        ? new DataException(Reason.DAMAGED, message)
        : new DataException(Reason.DAMAGED, message, e);
  }
}
