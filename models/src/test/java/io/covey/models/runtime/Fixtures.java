package io.covey.models.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The test resources: models and digits, and what TensorFlow computed with them. */
final class Fixtures {

  static final int PIXELS = 64;
  static final int CLASSES = 10;

  /** The number of digits in the fixture batch. */
  static final int DIGITS = 32;

  private Fixtures() {}

  static byte[] bytes(String name) {
    try (InputStream stream = Fixtures.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalArgumentException("no test resource " + name);
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** Little-endian floats. */
  static float[] floats(String name) {
    byte[] bytes = bytes(name);
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Little-endian integers. */
  static int[] ints(String name) {
    byte[] bytes = bytes(name);
    int[] values = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    return values;
  }

  /** 32 digits, pixels in 0..1. */
  static float[] digits() {
    return floats("digits-x.f32");
  }

  /** Their labels. */
  static int[] labels() {
    return ints("digits-y.i32");
  }

  /** Their labels as one-hot rows. */
  static float[] oneHotLabels() {
    int[] labels = labels();
    float[] rows = new float[labels.length * CLASSES];
    for (int i = 0; i < labels.length; i++) {
      rows[i * CLASSES + labels[i]] = 1;
    }
    return rows;
  }

  /** The numbers of a JSON array of numbers that stands under {@code key}. */
  static double[] numbers(String json, String key) {
    Matcher array = Pattern.compile('"' + key + "\": (\\[[^\\]]*\\]|[-0-9.e]+)").matcher(json);
    if (!array.find()) {
      throw new IllegalArgumentException("no " + key);
    }
    List<Double> numbers = new ArrayList<>();
    Matcher number = Pattern.compile("-?[0-9][-0-9.e]*").matcher(array.group(1));
    while (number.find()) {
      numbers.add(Double.parseDouble(number.group()));
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
