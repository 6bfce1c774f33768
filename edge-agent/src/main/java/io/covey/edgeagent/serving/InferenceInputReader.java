package io.covey.edgeagent.serving;

import static io.covey.edgeagent.serving.InferenceRequestReader.invalid;
import static io.covey.edgeagent.serving.InferenceRequestReader.string;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one element of {@code inputs}. Where its {@code data} come before its {@code shape} or
 * {@code datatype}, they are skipped at first and read once both are known. For one input.
 */
final class InferenceInputReader {
  private static final int MAXIMUM_RANK = 16;

  private final byte[] body;
  private final Signature signature;
  private @Nullable String name;
  private @Nullable List<Integer> shape;
  private @Nullable ElementType type;
  private long dataOffset = -1;
  private @Nullable Tensor tensor;

  /** One input of the model, with what a request gives for it. */
  record Input(TensorSpec spec, Tensor tensor) {}

  private InferenceInputReader(byte[] body, Signature signature) {
    this.body = body;
    this.signature = signature;
  }

  /**
   * The input whose object begins at the parser's current token; the parser ends at the object's
   * end.
   *
   * @param body what the parser reads
   */
  static Input read(JsonParser parser, byte[] body, Signature signature)
      throws IOException, InferenceException {
    InferenceInputReader reader = new InferenceInputReader(body, signature);
    reader.readFields(parser);
    TensorSpec spec = reader.spec();
    return new Input(spec, reader.tensor(spec));
  }

  private void readFields(JsonParser parser) throws IOException, InferenceException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "name" -> name = string(parser, value, "the 'name' of an input");
        case "datatype" -> type = readType(parser, value);
        case "shape" -> shape = readShape(parser, value);
        case "data" -> readData(parser, value);
        default -> parser.skipChildren();
      }
    }
  }

  private void readData(JsonParser parser, JsonToken value) throws IOException, InferenceException {
    if (value != JsonToken.START_ARRAY) {
      throw invalid("the 'data' of an input are not an array");
    }
    if (dataOffset >= 0) {
      throw invalid("an input has two fields 'data'");
    }
    dataOffset = parser.currentTokenLocation().getByteOffset();
    if (name == null || type == null || shape == null) {
      parser.skipChildren();
    } else {
      tensor = tensor(parser, spec(), type, shape);
    }
  }

  private Tensor tensor(TensorSpec spec) throws IOException, InferenceException {
    if (tensor != null) {
      return tensor;
    }
    if (shape == null || type == null || dataOffset < 0) {
      throw invalid(
          "input '%s' needs the fields 'shape', 'datatype' and 'data'".formatted(spec.name()));
    }
    // The data came before what says how to read them: read from where they begin.
    int offset = Math.toIntExact(dataOffset);
    try (JsonParser again = InferenceRequestReader.parser(body, offset)) {
      if (again.nextToken() != JsonToken.START_ARRAY) {
        throw invalid("the body is not UTF-8");
      }
      return tensor(again, spec, type, shape);
    }
  }

  private Tensor tensor(
      JsonParser parser, TensorSpec spec, ElementType actualType, List<Integer> actualShape)
      throws IOException, InferenceException {
    if (actualType != spec.type()) {
      throw invalid(
          "input '%s' has datatype %s, expected %s"
              .formatted(spec.name(), DataTypes.name(actualType), DataTypes.name(spec.type())));
    }
    if (!fits(actualShape, spec.shape())) {
      throw invalid(
          "input '%s' has shape %s, expected %s".formatted(spec.name(), actualShape, spec.shape()));
    }
    // An element takes a character and what parts it from the next, so this bounds the memory.
    return TensorReader.read(parser, spec, actualShape, body.length / 2);
  }

  private static boolean fits(List<Integer> actual, List<Integer> expected) {
    boolean fits = actual.size() == expected.size();
    for (int i = 0; fits && i < actual.size(); i++) {
      fits = expected.get(i) == TensorSpec.ANY || expected.get(i).equals(actual.get(i));
    }
    return fits;
  }

  private TensorSpec spec() throws InferenceException {
    if (name == null) {
      throw invalid("an input has no field 'name'");
    }
    List<String> known = signature.inputs().stream().map(TensorSpec::name).toList();
    int index = known.indexOf(name);
    if (index < 0) {
      throw invalid("the model has no input '%s'; its inputs are %s".formatted(name, known));
    }
    return signature.inputs().get(index);
  }

  private static ElementType readType(JsonParser parser, JsonToken value)
      throws IOException, InferenceException {
    String name = string(parser, value, "the 'datatype' of an input");
    return DataTypes.of(name)
        .orElseThrow(() -> invalid("datatype '%s' is not known here".formatted(name)));
  }

  private static List<Integer> readShape(JsonParser parser, JsonToken value)
      throws IOException, InferenceException {
    if (value != JsonToken.START_ARRAY) {
      throw invalid("the 'shape' of an input is not an array");
    }
    List<Integer> shape = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getIntValue() < 1
          || shape.size() == MAXIMUM_RANK) {
        throw invalid(
            "the 'shape' of an input is not a list of at most %d whole numbers from 1 on"
                .formatted(MAXIMUM_RANK));
      }
      shape.add(parser.getIntValue());
    }
    return shape;
  }
}
