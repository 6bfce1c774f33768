package io.covey.models.samples;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Inputs that nobody's data is in: drawn numbers, the same for a signature in every run.
 *
 * <p>Floats are drawn evenly from a range, as a rule [0, 1), where models that take logarithms or
 * roots of their inputs stay finite. Whole numbers of 32 and 64 bits stay zero: as a rule they are
 * indices, and the file does not say into how many.
 */
public final class DrawnInputs {
  private static final long SEED = 0x636f766579L;

  private final Signature signature;
  private final Range range;
  private final long maximumBytes;

  /**
   * What floats are drawn from.
   *
   * @param low finite
   * @param high finite, and no less; not drawn itself
   */
  public record Range(float low, float high) {
    public static final Range UNIT = new Range(0, 1);

    public Range {
      if (!Float.isFinite(low) || !Float.isFinite(high) || low > high) {
        throw new IllegalArgumentException("range from " + low + " to " + high);
      }
    }
  }

  /**
   * @param maximumBytes of an input of one example
   */
  public DrawnInputs(Signature signature, Range range, long maximumBytes) {
    this.signature = signature;
    this.range = range;
    this.maximumBytes = maximumBytes;
  }

  /**
   * All zeros; every dimension that is left open is 1.
   *
   * @throws ModelException when an input takes more bytes than are allowed
   */
  public NamedTensors zeros() {
    TreeMap<String, Tensor> inputs = new TreeMap<>();
    for (TensorSpec spec : signature.inputs()) {
      inputs.put(
          spec.name(), Tensor.of(spec.type(), shape(spec), ByteBuffer.allocate(sizeBytes(spec))));
    }
    return new NamedTensors(inputs);
  }

  /**
   * Drawn numbers.
   *
   * @param number of the sample, from 0: each has its own numbers
   * @throws ModelException when an input takes more bytes than are allowed
   */
  public NamedTensors drawn(int number) {
    SplittableRandom random = new SplittableRandom(SEED + number);
    TreeMap<String, Tensor> inputs = new TreeMap<>();
    for (TensorSpec spec : signature.inputs()) {
      ByteBuffer values = draw(spec.type(), sizeBytes(spec), random);
      inputs.put(spec.name(), Tensor.of(spec.type(), shape(spec), values));
    }
    return new NamedTensors(inputs);
  }

  private static List<Integer> shape(TensorSpec spec) {
    return spec.shape().stream().map(d -> d == TensorSpec.ANY ? Integer.valueOf(1) : d).toList();
  }

  private int sizeBytes(TensorSpec spec) {
    long bytes = spec.type().sizeBytes();
    for (int dimension : shape(spec)) {
      bytes *= dimension;
      if (bytes > maximumBytes) {
        throw new ModelException(
            Reason.TOO_LARGE,
            "input %s takes more than %d bytes for one example".formatted(spec, maximumBytes));
      }
    }
    return (int) bytes;
  }

  private ByteBuffer draw(ElementType type, int bytes, SplittableRandom random) {
    ByteBuffer values = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    while (values.hasRemaining()) {
      switch (type) {
        case FLOAT32 -> values.putFloat(within(random.nextInt(1 << 24) * 0x1p-24f));
        case FLOAT64 -> values.putDouble(range.low() + random.nextDouble() * width());
        case INT8, UINT8 -> values.put((byte) random.nextInt());
        case INT16 -> values.putShort((short) random.nextInt());
        case BOOL -> values.put((byte) random.nextInt(2));
        case INT32 -> values.putInt(0);
        case INT64 -> values.putLong(0);
      }
    }
    return values.flip();
  }

  private float within(float share) {
    return (float) (range.low() + share * width());
  }

  /** As a double, which the difference of two floats does not overflow. */
  private double width() {
    return (double) range.high() - range.low();
  }
}
