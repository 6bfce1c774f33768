package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Reason;
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
 * Inputs for a version that brings none: one example of zeros, and one of numbers that are the same
 * in every test.
 *
 * <p>Floats are drawn from [0, 1), where models that take logarithms or roots of their inputs stay
 * finite. Whole numbers of 32 and 64 bits stay zero: as a rule they are indices, and the file does
 * not say into how many.
 */
final class GeneratedInputs {
  /** A model that wants more for a single example is not one for a device. */
  private static final long MAXIMUM_INPUT_BYTES = 256L << 20;

  private static final long SEED = 0x636f766579L;

  private GeneratedInputs() {}

  /**
   * Two samples for {@code signature}; every dimension that is left open is 1.
   *
   * @throws SelfTestFailedException when an input takes more than 256 MiB
   */
  static List<Sample> of(Signature signature) throws SelfTestFailedException {
    TreeMap<String, Tensor> zeros = new TreeMap<>();
    TreeMap<String, Tensor> drawn = new TreeMap<>();
    SplittableRandom random = new SplittableRandom(SEED);
    for (TensorSpec spec : signature.inputs()) {
      List<Integer> shape =
          spec.shape().stream().map(d -> d == TensorSpec.ANY ? Integer.valueOf(1) : d).toList();
      int bytes = sizeBytes(spec, shape);
      zeros.put(spec.name(), Tensor.of(spec.type(), shape, ByteBuffer.allocate(bytes)));
      drawn.put(spec.name(), Tensor.of(spec.type(), shape, draw(spec.type(), bytes, random)));
    }
    return List.of(new Sample(zeros), new Sample(drawn));
  }

  private static int sizeBytes(TensorSpec spec, List<Integer> shape)
      throws SelfTestFailedException {
    long bytes = spec.type().sizeBytes();
    for (int dimension : shape) {
      bytes *= dimension;
      if (bytes > MAXIMUM_INPUT_BYTES) {
        throw new SelfTestFailedException(
            new SelfTestResult.Failed(
                Reason.REFUSED,
                "input %s takes more than %d bytes for one example"
                    .formatted(spec, MAXIMUM_INPUT_BYTES)));
      }
    }
    return (int) bytes;
  }

  private static ByteBuffer draw(ElementType type, int bytes, SplittableRandom random) {
    ByteBuffer values = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    while (values.hasRemaining()) {
      switch (type) {
        case FLOAT32 -> values.putFloat(random.nextInt(1 << 24) * 0x1p-24f);
        case FLOAT64 -> values.putDouble(random.nextDouble());
        case INT8, UINT8 -> values.put((byte) random.nextInt());
        case INT16 -> values.putShort((short) random.nextInt());
        case BOOL -> values.put((byte) random.nextInt(2));
        case INT32 -> values.putInt(0);
        case INT64 -> values.putLong(0);
      }
    }
    return values.flip();
  }
}
