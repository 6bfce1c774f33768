package io.covey.models.weights;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The weights of one version as codes: what devices fetch, and exactly what they train from.
 *
 * <p>A vector of d values is cut into tensors of fixed lengths, in their order. Immutable.
 */
public final class PublishedWeights {
  static final int DIGEST_BYTES = 32;

  /** The largest code of one byte; -128 is left out, so that codes are symmetric. */
  private static final int LARGEST_CODE = 127;

  /** A scale is kept while the tensor uses at least this much of it. */
  private static final float KEPT_FROM = LARGEST_CODE / 2f;

  private final WeightForm form;
  private final TensorLengths lengths;
  private final float[] scales;
  private final int[] codes;

  /**
   * @param scales one for each tensor for INT8, none otherwise; the receiver's to keep
   * @param codes one for each value, sign-extended; the receiver's to keep
   */
  PublishedWeights(WeightForm form, TensorLengths lengths, float[] scales, int[] codes) {
    this.form = form;
    this.lengths = lengths;
    this.scales = scales;
    this.codes = codes;
  }

  /**
   * The values of a grid that are nearest to the masters.
   *
   * @param masters finite, {@link TensorLengths#total} of them
   * @param before the version before, whose scales are kept where they still fit, so that most
   *     codes stay as they were
   */
  public static PublishedWeights of(
      float[] masters, TensorLengths lengths, WeightForm form, Optional<PublishedWeights> before) {
    if (masters.length != lengths.total()) {
      throw new IllegalArgumentException(
          masters.length + " weights do not fill tensors of " + lengths.total() + " elements");
    }
    int[] codes = new int[masters.length];
    float[] scales = new float[form == WeightForm.INT8 ? lengths.count() : 0];
    switch (form) {
      case FLOAT32 -> {
        for (int i = 0; i < codes.length; i++) {
          codes[i] = Float.floatToRawIntBits(masters[i]);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < codes.length; i++) {
          codes[i] = (short) HalfFloat.fromFloat(masters[i]);
        }
      }
      case INT8 -> {
        Optional<float[]> former =
            before.filter(b -> b.form == form && b.lengths.equals(lengths)).map(b -> b.scales);
        quantize(masters, lengths, former, scales, codes);
      }
    }
    return new PublishedWeights(form, lengths, scales, codes);
  }

  private static void quantize(
      float[] masters,
      TensorLengths lengths,
      Optional<float[]> former,
      float[] scales,
      int[] codes) {
    int from = 0;
    for (int tensor = 0; tensor < scales.length; tensor++) {
      int to = from + lengths.length(tensor);
      float largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(masters[i]));
      }
      float scale = scale(largest, former.isPresent() ? former.get()[tensor] : 0);
      scales[tensor] = scale;
      for (int i = from; i < to; i++) {
        // At most 127: the scale is no smaller than a 127th of the largest, but for its rounding.
        int code = scale == 0 ? 0 : (int) Math.rint((double) masters[i] / scale);
        codes[i] = Math.max(-LARGEST_CODE, Math.min(LARGEST_CODE, code));
      }
      from = to;
    }
  }

  private static float scale(float largest, float former) {
    boolean fits = largest <= former * LARGEST_CODE && largest >= former * KEPT_FROM;
    return fits && former > 0 ? former : largest / LARGEST_CODE;
  }

  /** How each weight is written. */
  public WeightForm form() {
    return form;
  }

  /** Where the vector is cut. */
  public TensorLengths lengths() {
    return lengths;
  }

  /** The values that the codes say: a fresh array, all finite. */
  public float[] values() {
    float[] values = new float[codes.length];
    int from = 0;
    for (int tensor = 0; tensor < lengths.count(); tensor++) {
      int to = from + lengths.length(tensor);
      float scale = form == WeightForm.INT8 ? scales[tensor] : 1;
      for (int i = from; i < to; i++) {
        values[i] = value(codes[i], scale);
      }
      from = to;
    }
    return values;
  }

  private float value(int code, float scale) {
    return switch (form) {
      case FLOAT32 -> Float.intBitsToFloat(code);
      case FLOAT16 -> HalfFloat.toFloat(code & 0xffff);
      case INT8 -> code * scale;
    };
  }

  /** SHA-256 of form, lengths, scales and codes: the same for a file of any compression. */
  public byte[] digest() {
    MessageDigest sha256 = sha256();
    ByteBuffer header =
        ByteBuffer.allocate(1 + Integer.BYTES * (1 + lengths.count() + scales.length))
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) form.number())
            .putInt(lengths.count());
    for (int tensor = 0; tensor < lengths.count(); tensor++) {
      header.putInt(lengths.length(tensor));
    }
    for (float scale : scales) {
      header.putFloat(scale);
    }
    sha256.update(header.array());
    ByteBuffer piece = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
    for (int code : codes) {
      if (piece.remaining() < Integer.BYTES) {
        sha256.update(piece.flip());
        piece.clear();
      }
      piece.putInt(code);
    }
    sha256.update(piece.flip());
    return sha256.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Refuses what no coordinator publishes.
   *
   * @throws ModelException when a scale is negative or no number, or a value is not finite
   */
  PublishedWeights requireFinite() {
    for (float scale : scales) {
      if (!(scale >= 0 && scale <= Float.MAX_VALUE / 128)) {
        throw damaged("a scale is " + scale);
      }
    }
    for (int i = 0; i < codes.length && form != WeightForm.INT8; i++) {
      float value = value(codes[i], 1);
      if (!Float.isFinite(value)) {
        throw damaged("weight " + i + " is " + value);
      }
    }
    return this;
  }

  private static ModelException damaged(String what) {
    return new ModelException(
        Reason.DAMAGED, "the weights are damaged: " + what + "; fetch them again");
  }

  /** The scales, not to be changed. */
  float[] scales() {
    return scales;
  }

  /** The codes, not to be changed. */
  int[] codes() {
    return codes;
  }

  boolean hasDigest(byte[] digest) {
    return Arrays.equals(digest(), digest);
  }
}
