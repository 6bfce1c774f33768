package io.covey.edgeagent.serving;

import static io.covey.edgeagent.serving.InferenceRequestReader.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Reads a tensor's values from JSON: flat in row-major order, or nested as the shape has it. For
 * one tensor.
 */
final class TensorReader {
  private final JsonParser parser;
  private final TensorSpec spec;
  private final List<Integer> shape;
  private final int elements;
  private final ByteBuffer bytes;
  private int read;

  private TensorReader(JsonParser parser, TensorSpec spec, List<Integer> shape, int elements) {
    this.parser = parser;
    this.spec = spec;
    this.shape = shape;
    this.elements = elements;
    this.bytes =
        ByteBuffer.allocate(Math.multiplyExact(elements, spec.type().sizeBytes()))
            .order(ByteOrder.nativeOrder());
  }

  /**
   * The tensor whose array begins at the parser's current token; the parser ends at the array's
   * end.
   *
   * @param maximumElements more cannot be in the body, so a shape of more is refused at once
   */
  static Tensor read(JsonParser parser, TensorSpec spec, List<Integer> shape, int maximumElements)
      throws IOException, InferenceException {
    long elements = 1;
    for (int dimension : shape) {
      elements *= dimension;
      if (elements > maximumElements) {
        throw invalid("input '%s' has fewer values than its shape".formatted(spec.name()));
      }
    }
    TensorReader reader = new TensorReader(parser, spec, shape, (int) elements);
    reader.readArray();
    return Tensor.of(spec.type(), shape, reader.bytes.flip());
  }

  private void readArray() throws IOException, InferenceException {
    if (parser.nextToken() == JsonToken.START_ARRAY) {
      readNested(0);
    } else {
      readValues(elements);
      if (read != elements || parser.currentToken() != JsonToken.END_ARRAY) {
        throw wrongCount();
      }
    }
  }

  /** The rest of an array at {@code depth}, whose first element, an array too, has begun. */
  private void readNested(int depth) throws IOException, InferenceException {
    int count = 0;
    while (parser.currentToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_ARRAY || depth + 1 >= shape.size()) {
        throw misshapen();
      }
      if (parser.nextToken() == JsonToken.START_ARRAY) {
        readNested(depth + 1);
      } else if (depth + 2 == shape.size()) {
        readRow(depth + 1);
      } else {
        throw misshapen();
      }
      count++;
      parser.nextToken();
    }
    requireLength(count, depth);
  }

  private void readRow(int depth) throws IOException, InferenceException {
    // No more than the tensor has: the rows before had their lengths, but there may be too many.
    int end = Math.min(elements, read + shape.get(depth));
    requireLength(end - read, depth);
    readValues(end);
    if (read != end || parser.currentToken() != JsonToken.END_ARRAY) {
      throw misshapen();
    }
  }

  /** Values until the array ends, or the tensor has {@code until}. */
  private void readValues(int until) throws IOException, InferenceException {
    while (read < until && parser.currentToken() != JsonToken.END_ARRAY) {
      readValue();
      read++;
      parser.nextToken();
    }
  }

  private void readValue() throws IOException, InferenceException {
    switch (spec.type()) {
      case FLOAT32 -> bytes.putFloat((float) requireFinite(number().getFloatValue()));
      case FLOAT64 -> bytes.putDouble(requireFinite(number().getDoubleValue()));
      case INT8 -> bytes.put((byte) integer(Byte.MIN_VALUE, Byte.MAX_VALUE));
      case UINT8 -> bytes.put((byte) integer(0, 255));
      case INT16 -> bytes.putShort((short) integer(Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> bytes.putInt((int) integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> bytes.putLong(integer(Long.MIN_VALUE, Long.MAX_VALUE));
      case BOOL -> bytes.put(truth());
    }
  }

  private JsonParser number() throws InferenceException {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isNumeric()) {
      throw unfit("a number");
    }
    return parser;
  }

  private double requireFinite(double value) throws InferenceException {
    if (!Double.isFinite(value)) {
      throw unfit("a number in the range of " + DataTypes.name(spec.type()));
    }
    return value;
  }

  private long integer(long minimum, long maximum) throws IOException, InferenceException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || parser.getLongValue() < minimum
        || parser.getLongValue() > maximum) {
      throw unfit("a whole number from %d to %d".formatted(minimum, maximum));
    }
    return parser.getLongValue();
  }

  private byte truth() throws InferenceException {
    if (parser.currentToken() == JsonToken.VALUE_TRUE) {
      return 1;
    }
    if (parser.currentToken() == JsonToken.VALUE_FALSE) {
      return 0;
    }
    throw unfit("true or false");
  }

  private void requireLength(int actual, int depth) throws InferenceException {
    if (actual != shape.get(depth)) {
      throw misshapen();
    }
  }

  private InferenceException unfit(String expected) {
    return invalid("value %d of input '%s' is not %s".formatted(read, spec.name(), expected));
  }

  private InferenceException misshapen() {
    return invalid(
        "the nested data of input '%s' do not have its shape %s".formatted(spec.name(), shape));
  }

  private InferenceException wrongCount() {
    return invalid(
        "input '%s' of shape %s takes %d values, and there are %s"
            .formatted(spec.name(), shape, elements, read < elements ? read : "more"));
  }
}
