package io.covey.models.samples;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Samples as a file: inputs of a model, or its outputs, one run after the other.
 *
 * <pre>
 * offset  bytes  little-endian
 *      0      4  "CVYS"
 *      4      1  version of this format: 1
 *      5      1  samples, 1 to 16; then of each
 *      .      1    tensors, 1 to 255; then of each, ascending by name
 *      .      2      length of the name
 *      .      .      the name, UTF-8
 *      .      1      type: 1 float32, 2 int32, 3 uint8, 4 int64, 5 bool, 6 int16, 7 int8, 8 float64
 *      .      1      dimensions, 0 to 8
 *      .    4 d      the dimensions, outermost first, each 0 or more
 *      .      .      the elements, row by row; of a bool one byte, 0 or 1
 * </pre>
 *
 * <p>A file has one spelling: what is read and written again is the same. What is read is hostile
 * until it is checked, and no length is believed before that many bytes are there.
 */
public final class SampleFile {
  /** Enough to tell two models apart, and one message or a few for each device. */
  public static final int MAXIMUM_BYTES = 1 << 20;

  public static final int MAXIMUM_SAMPLES = 16;

  private static final int MAGIC = 'C' | ('V' << 8) | ('Y' << 16) | ('S' << 24);
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 6;
  private static final int MAXIMUM_TENSORS = 255;
  private static final int MAXIMUM_NAME_BYTES = 1024;
  private static final int MAXIMUM_DIMENSIONS = 8;

  private SampleFile() {}

  /**
   * The file of these samples.
   *
   * @throws ModelException when they are none, too many, or larger than the format allows
   */
  public static byte[] write(List<NamedTensors> samples) {
    require(
        !samples.isEmpty() && samples.size() <= MAXIMUM_SAMPLES,
        "%d samples, expected 1 to %d".formatted(samples.size(), MAXIMUM_SAMPLES));
    long bytes = HEADER_BYTES + samples.stream().mapToLong(SampleFile::sizeBytes).sum();
    require(bytes <= MAXIMUM_BYTES, "%d bytes, allowed are %d".formatted(bytes, MAXIMUM_BYTES));
    ByteBuffer file =
        ByteBuffer.allocate((int) bytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MAGIC)
            .put((byte) VERSION)
            .put((byte) samples.size());
    for (NamedTensors sample : samples) {
      int count = sample.tensors().size();
      require(
          count >= 1 && count <= MAXIMUM_TENSORS,
          "%d tensors in a sample, expected 1 to %d".formatted(count, MAXIMUM_TENSORS));
      file.put((byte) count);
      sample.tensors().forEach((name, tensor) -> write(file, name, tensor));
    }
    return file.array();
  }

  /** How many bytes a sample takes in a file. */
  static long sizeBytes(NamedTensors sample) {
    long bytes = 1;
    for (Map.Entry<String, Tensor> entry : sample.tensors().entrySet()) {
      Tensor tensor = entry.getValue();
      bytes += 4 + entry.getKey().getBytes(StandardCharsets.UTF_8).length;
      bytes += (long) Integer.BYTES * tensor.shape().size() + tensor.bytes().remaining();
    }
    return bytes;
  }

  /**
   * How many samples from the first one on fit into a file.
   *
   * @return 0 when the first one alone is too large, or of a form that no file holds
   */
  public static int fitting(List<NamedTensors> samples) {
    long bytes = HEADER_BYTES;
    int count = 0;
    for (NamedTensors sample : samples.subList(0, Math.min(samples.size(), MAXIMUM_SAMPLES))) {
      bytes += sizeBytes(sample);
      if (bytes > MAXIMUM_BYTES || !isWritable(sample)) {
        return count;
      }
      count++;
    }
    return count;
  }

  private static boolean isWritable(NamedTensors sample) {
    int count = sample.tensors().size();
    return count >= 1
        && count <= MAXIMUM_TENSORS
        && sample.tensors().entrySet().stream()
            .allMatch(
                entry ->
                    entry.getKey().getBytes(StandardCharsets.UTF_8).length <= MAXIMUM_NAME_BYTES
                        && entry.getValue().shape().size() <= MAXIMUM_DIMENSIONS);
  }

  private static void write(ByteBuffer file, String name, Tensor tensor) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    require(
        bytes.length <= MAXIMUM_NAME_BYTES && tensor.shape().size() <= MAXIMUM_DIMENSIONS,
        "a name of %d bytes and %d dimensions, allowed are %d and %d"
            .formatted(
                bytes.length, tensor.shape().size(), MAXIMUM_NAME_BYTES, MAXIMUM_DIMENSIONS));
    file.putShort((short) bytes.length).put(bytes);
    file.put((byte) code(tensor.type())).put((byte) tensor.shape().size());
    tensor.shape().forEach(file::putInt);
    copy(tensor.bytes(), file, tensor.type().sizeBytes(), tensor.bytes().remaining());
  }

  /**
   * Reads a file.
   *
   * @throws ModelException when it is damaged
   */
  public static List<NamedTensors> read(byte[] bytes) {
    require(
        bytes.length >= HEADER_BYTES && bytes.length <= MAXIMUM_BYTES,
        "the file has %d bytes, expected %d to %d"
            .formatted(bytes.length, HEADER_BYTES, MAXIMUM_BYTES));
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    require(in.getInt() == MAGIC, "the file does not begin with CVYS");
    int version = Byte.toUnsignedInt(in.get());
    require(
        version == VERSION, "version %d of the format, known is %d".formatted(version, VERSION));
    int count = Byte.toUnsignedInt(in.get());
    require(
        count >= 1 && count <= MAXIMUM_SAMPLES,
        "%d samples, expected 1 to %d".formatted(count, MAXIMUM_SAMPLES));
    List<NamedTensors> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(readSample(in));
    }
    require(!in.hasRemaining(), in.remaining() + " bytes behind the last sample");
    return samples;
  }

  private static NamedTensors readSample(ByteBuffer in) {
    int count = Byte.toUnsignedInt(take(in, 1).get());
    require(count >= 1, "a sample without tensors");
    SortedMap<String, Tensor> tensors = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = readName(in);
      require(
          tensors.isEmpty() || tensors.lastKey().compareTo(name) < 0,
          "tensors that are not in the order of their names");
      tensors.put(name, readTensor(in));
    }
    return new NamedTensors(tensors);
  }

  private static String readName(ByteBuffer in) {
    int length = Short.toUnsignedInt(take(in, Short.BYTES).getShort());
    require(length <= MAXIMUM_NAME_BYTES, "a name of " + length + " bytes");
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(take(in, length)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelException(Reason.DAMAGED, damage("a name that is not UTF-8"), e);
    }
  }

  private static Tensor readTensor(ByteBuffer in) {
    ElementType type = type(take(in, 1).get());
    int rank = Byte.toUnsignedInt(take(in, 1).get());
    require(rank <= MAXIMUM_DIMENSIONS, rank + " dimensions");
    ByteBuffer dimensions = take(in, rank * Integer.BYTES);
    List<Integer> shape = new ArrayList<>();
    long bytes = type.sizeBytes();
    for (int i = 0; i < rank; i++) {
      int dimension = dimensions.getInt();
      require(dimension >= 0, "dimension " + dimension);
      // Saturates beyond what any file holds: no product of two such numbers overflows.
      bytes = Math.min(bytes * dimension, Integer.MAX_VALUE);
      shape.add(dimension);
    }
    require(bytes <= in.remaining(), "a tensor of shape " + shape + " that is cut off");
    ByteBuffer elements = take(in, (int) bytes);
    if (type == ElementType.BOOL) {
      requireBooleans(elements.duplicate());
    }
    ByteBuffer data = ByteBuffer.allocate((int) bytes).order(ByteOrder.nativeOrder());
    copy(elements, data, type.sizeBytes(), (int) bytes);
    return Tensor.of(type, shape, data.flip());
  }

  private static void requireBooleans(ByteBuffer elements) {
    while (elements.hasRemaining()) {
      int value = elements.get();
      require(value == 0 || value == 1, "a bool of " + value);
    }
  }

  /** Copies elements between buffers that may be of different orders. */
  private static void copy(ByteBuffer from, ByteBuffer to, int elementBytes, int bytes) {
    for (int left = bytes / elementBytes; left > 0; left--) {
      switch (elementBytes) {
        case 1 -> to.put(from.get());
        case 2 -> to.putShort(from.getShort());
        case 4 -> to.putInt(from.getInt());
        default -> to.putLong(from.getLong());
      }
    }
  }

  /** The next bytes, of which there are so many. */
  private static ByteBuffer take(ByteBuffer in, int count) {
    require(in.remaining() >= count, "it is cut off");
    ByteBuffer taken = in.slice().limit(count).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + count);
    return taken;
  }

  private static int code(ElementType type) {
    return switch (type) {
      case FLOAT32 -> 1;
      case INT32 -> 2;
      case UINT8 -> 3;
      case INT64 -> 4;
      case BOOL -> 5;
      case INT16 -> 6;
      case INT8 -> 7;
      case FLOAT64 -> 8;
    };
  }

  private static ElementType type(int code) {
    for (ElementType type : ElementType.values()) {
      if (code(type) == code) {
        return type;
      }
    }
    throw new ModelException(Reason.DAMAGED, damage("type " + code));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ModelException(Reason.DAMAGED, damage(otherwise));
    }
  }

  private static String damage(String what) {
    return "the samples are damaged: " + what;
  }
}
