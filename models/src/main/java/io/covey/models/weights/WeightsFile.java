package io.covey.models.weights;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Published weights as a file: whole, or as the difference to others.
 *
 * <pre>
 * offset  bytes  little-endian
 *      0      4  "CVYW"
 *      4      1  version of this format: 1
 *      5      1  1 whole, 2 difference
 *      6      1  form: 1 float32, 2 float16, 3 int8
 *      7      1  0 as they are, 1 deflated (RFC 1951)
 *      8      4  tensors
 *     12      4  values in all tensors together
 *     16     32  digest of the weights that this file leads to
 *     48     32  of a difference only: digest of the weights that it adds to
 *      .    4 t  of int8 only: a float32 scale for each tensor
 *      .      .  the codes as byte planes
 * </pre>
 *
 * <p>A difference is {@code code - base} modulo two to the power of the code's bits, then folded so
 * that small ones of either sign have zeros in their high bits: {@code (d << 1) ^ (d >> 31)}.
 *
 * <p>What is read is hostile until it is checked: the receiver knows from its graph how many values
 * there are, and nothing larger is made.
 */
public final class WeightsFile {
  private static final int MAGIC = 'C' | ('V' << 8) | ('Y' << 16) | ('W' << 24);
  private static final int VERSION = 1;
  private static final int WHOLE = 1;
  private static final int DIFFERENCE = 2;
  private static final int STORED = 0;
  private static final int DEFLATED = 1;
  private static final int FIXED_BYTES = 48;

  private WeightsFile() {}

  /** The weights as a whole. */
  public static byte[] whole(PublishedWeights weights) {
    return write(weights, WHOLE, new byte[0], weights.codes());
  }

  /**
   * The weights as a difference to {@code base}.
   *
   * @throws IllegalArgumentException when the two are not of one form and of the same tensors
   */
  public static byte[] difference(PublishedWeights weights, PublishedWeights base) {
    if (weights.form() != base.form() || !weights.lengths().equals(base.lengths())) {
      throw new IllegalArgumentException("weights of two forms have no difference");
    }
    int[] from = base.codes();
    int[] to = weights.codes();
    int unused = Integer.SIZE - weights.form().codeBytes() * Byte.SIZE;
    int[] folded = new int[to.length];
    for (int i = 0; i < to.length; i++) {
      int difference = ((to[i] - from[i]) << unused) >> unused;
      folded[i] = (difference << 1) ^ (difference >> 31);
    }
    return write(weights, DIFFERENCE, base.digest(), folded);
  }

  private static byte[] write(PublishedWeights weights, int kind, byte[] baseDigest, int[] codes) {
    byte[] planes = BytePlanes.spread(codes, weights.form().codeBytes());
    byte[] deflated = BytePlanes.deflate(planes);
    boolean isSmaller = deflated.length < planes.length;
    byte[] content = isSmaller ? deflated : planes;
    float[] scales = weights.scales();
    long bytes =
        FIXED_BYTES + baseDigest.length + (long) scales.length * Float.BYTES + content.length;
    ByteBuffer file =
        ByteBuffer.allocate(Math.toIntExact(bytes))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MAGIC)
            .put((byte) VERSION)
            .put((byte) kind)
            .put((byte) weights.form().number())
            .put((byte) (isSmaller ? DEFLATED : STORED))
            .putInt(weights.lengths().count())
            .putInt(weights.lengths().total())
            .put(weights.digest())
            .put(baseDigest);
    for (float scale : scales) {
      file.putFloat(scale);
    }
    return file.put(content).array();
  }

  /**
   * Reads a whole file.
   *
   * @param lengths the tensors that are expected
   * @throws ModelException when the file is damaged, for other tensors, or a difference
   */
  public static PublishedWeights readWhole(byte[] file, TensorLengths lengths) {
    Content content = read(file, WHOLE, lengths);
    int unused = Integer.SIZE - content.form().codeBytes() * Byte.SIZE;
    int[] codes = content.codes();
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (codes[i] << unused) >> unused;
    }
    return checked(content, lengths);
  }

  /**
   * Reads a difference and adds it.
   *
   * @param base what the device has
   * @throws ModelException when the file is damaged, no difference, or one to other weights
   */
  public static PublishedWeights readDifference(byte[] file, PublishedWeights base) {
    Content content = read(file, DIFFERENCE, base.lengths());
    if (content.form() != base.form() || !base.hasDigest(content.baseDigest())) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "the weights are a difference to others than this device has; fetch the whole ones");
    }
    int unused = Integer.SIZE - content.form().codeBytes() * Byte.SIZE;
    int[] codes = content.codes();
    for (int i = 0; i < codes.length; i++) {
      int difference = (codes[i] >>> 1) ^ -(codes[i] & 1);
      codes[i] = ((base.codes()[i] + difference) << unused) >> unused;
    }
    return checked(content, base.lengths());
  }

  private static PublishedWeights checked(Content content, TensorLengths lengths) {
    PublishedWeights weights =
        new PublishedWeights(content.form(), lengths, content.scales(), content.codes());
    weights.requireFinite();
    if (!weights.hasDigest(content.digest())) {
      throw damaged("they have another digest than the file says");
    }
    return weights;
  }

  // A record for its names: two are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Content(
      WeightForm form, byte[] digest, byte[] baseDigest, float[] scales, int[] codes) {}

  private static Content read(byte[] file, int kind, TensorLengths lengths) {
    int digests = PublishedWeights.DIGEST_BYTES * kind;
    if (file.length < 16 + digests) {
      throw damaged("the file has only " + file.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    require(in.getInt() == MAGIC, "the file does not begin with CVYW");
    int version = in.get();
    require(version == VERSION, "version " + version + " of the format, known is " + VERSION);
    int said = in.get();
    require(said == kind, "kind " + said + ", expected " + kind);
    WeightForm form = form(in.get());
    int compression = in.get();
    require(compression == STORED || compression == DEFLATED, "compression " + compression);
    requireTensors(in, lengths);
    byte[] digest = take(in, PublishedWeights.DIGEST_BYTES);
    byte[] baseDigest = take(in, kind == DIFFERENCE ? PublishedWeights.DIGEST_BYTES : 0);
    int scaleCount = form == WeightForm.INT8 ? lengths.count() : 0;
    require(in.remaining() / Float.BYTES >= scaleCount, "scales are missing");
    float[] scales = new float[scaleCount];
    in.asFloatBuffer().get(scales);
    int planes = in.position() + scaleCount * Float.BYTES;
    byte[] bytes = planes(file, planes, compression, planeBytes(form, lengths));
    return new Content(form, digest, baseDigest, scales, BytePlanes.gather(bytes, lengths.total()));
  }

  private static void requireTensors(ByteBuffer in, TensorLengths lengths) {
    int tensors = in.getInt();
    int values = in.getInt();
    if (tensors != lengths.count() || values != lengths.total()) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "weights of %d values in %d tensors, the graph has %d in %d"
              .formatted(values, tensors, lengths.total(), lengths.count()));
    }
  }

  private static int planeBytes(WeightForm form, TensorLengths lengths) {
    long bytes = (long) form.codeBytes() * lengths.total();
    require(bytes <= Integer.MAX_VALUE - 8, bytes + " bytes of codes");
    return (int) bytes;
  }

  private static byte[] planes(byte[] file, int from, int compression, int expectedBytes) {
    if (compression == DEFLATED) {
      return BytePlanes.inflate(file, from, expectedBytes);
    }
    require(
        file.length - from == expectedBytes,
        "%d bytes of codes, expected %d".formatted(file.length - from, expectedBytes));
    return Arrays.copyOfRange(file, from, file.length);
  }

  private static byte[] take(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private static WeightForm form(int number) {
    for (WeightForm form : WeightForm.values()) {
      if (form.number() == number) {
        return form;
      }
    }
    throw damaged("form " + number);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw damaged(otherwise);
    }
  }

  private static ModelException damaged(String what) {
    return new ModelException(
        Reason.DAMAGED, "the weights are damaged: " + what + "; fetch them again");
  }
}
