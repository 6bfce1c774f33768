package io.covey.models.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The value of a constant tensor: little-endian, row-major bytes, as a rule a view of the file that
 * they came from. Two tensors that hold the same {@code Constant} object are one buffer in a
 * written file; equality is identity.
 *
 * <p>Thread rule: any thread, since nothing can change it.
 */
public final class Constant {

  private final ByteBuffer bytes;

  private Constant(ByteBuffer bytes) {
    this.bytes = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A view of {@code bytes} from position to limit, which must not change any more. */
  public static Constant viewOf(ByteBuffer bytes) {
    return new Constant(bytes);
  }

  /** A copy of {@code values} as FLOAT32. */
  public static Constant ofFloats(float... values) {
    ByteBuffer bytes = allocate(values.length, Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return new Constant(bytes);
  }

  /** A copy of {@code values} as INT32. */
  public static Constant ofInts(int... values) {
    ByteBuffer bytes = allocate(values.length, Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return new Constant(bytes);
  }

  /** A copy of {@code values} as INT64. */
  public static Constant ofLongs(long... values) {
    ByteBuffer bytes = allocate(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return new Constant(bytes);
  }

  /** A copy of {@code values} as they are. */
  public static Constant ofBytes(byte... values) {
    return new Constant(ByteBuffer.wrap(values.clone()));
  }

  private static ByteBuffer allocate(int elements, int elementBytes) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, elementBytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes it has. */
  public int sizeBytes() {
    return bytes.remaining();
  }

  /** All bytes, read-only and little-endian. */
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes as FLOAT32 elements, read-only. */
  public FloatBuffer floats() {
    return bytes().asFloatBuffer();
  }

  /** The bytes as INT32 elements, read-only. */
  public IntBuffer ints() {
    return bytes().asIntBuffer();
  }

  /** A copy of the FLOAT32 elements. */
  public float[] toFloats() {
    FloatBuffer floats = floats();
    float[] values = new float[floats.remaining()];
    floats.get(values);
    return values;
  }

  /** A copy of the INT32 elements. */
  public int[] toInts() {
    IntBuffer ints = ints();
    int[] values = new int[ints.remaining()];
    ints.get(values);
    return values;
  }

  /** As {@code Constant[40 bytes]}. */
  @Override
  public String toString() {
    return "Constant[" + sizeBytes() + " bytes]";
  }
}
