package io.covey.edgeagent.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an inference request in one pass, straight into the bytes of tensors.
 *
 * <p>Takes bytes from anyone: nesting, names, numbers and strings are bounded by the parser,
 * tensors by the length of the body. Fields that the protocol does not name are skipped. Where an
 * input's {@code data} come before its {@code shape} or {@code datatype}, they are skipped at first
 * and read once both are known.
 */
final class InferenceRequestReader {
  private static final int MAXIMUM_DEPTH = 32;
  private static final int MAXIMUM_RANK = 16;
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAXIMUM_DEPTH)
                  .maxNumberLength(512)
                  .maxStringLength(16 * 1024)
                  .maxNameLength(512)
                  .build())
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .build();

  private final byte[] body;
  private final Signature signature;
  private @Nullable String id;
  private @Nullable Map<String, Tensor> inputs;
  private @Nullable List<String> outputs;

  private InferenceRequestReader(byte[] body, Signature signature) {
    this.body = body;
    this.signature = signature;
  }

  /**
   * The request that {@code body} holds.
   *
   * @param body UTF-8
   * @throws InferenceException when it is no request that fits {@code signature}
   */
  static InferenceRequest read(byte[] body, Signature signature) throws InferenceException {
    InferenceRequestReader reader = new InferenceRequestReader(body, signature);
    try (JsonParser parser = JSON.createParser(body)) {
      reader.readRequest(parser);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw new IllegalStateException("reading an array in memory cannot fail", e);
    }
    return reader.finished();
  }

  private InferenceRequest finished() throws InferenceException {
    Map<String, Tensor> given = inputs;
    if (given == null) {
      throw invalid("the request has no field 'inputs'");
    }
    for (TensorSpec spec : signature.inputs()) {
      if (!given.containsKey(spec.name())) {
        throw invalid("input '%s' is missing".formatted(spec.name()));
      }
    }
    return new InferenceRequest(
        Optional.ofNullable(id), given, outputs == null ? List.of() : outputs);
  }

  private void readRequest(JsonParser parser) throws IOException, InferenceException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw invalid("the body is not a JSON object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "id" -> id = string(parser, value, "'id'");
        case "inputs" -> inputs = readInputs(parser, value);
        case "outputs" -> outputs = readOutputs(parser, value);
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw invalid("something follows the JSON object");
    }
  }

  private Map<String, Tensor> readInputs(JsonParser parser, JsonToken value)
      throws IOException, InferenceException {
    requireOnce(inputs == null && value == JsonToken.START_ARRAY, "inputs");
    Map<String, Tensor> read = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      InputFields input = readInput(parser);
      TensorSpec spec = specOf(input);
      if (read.put(spec.name(), readTensor(input, spec)) != null) {
        throw invalid("input '%s' is there twice".formatted(spec.name()));
      }
    }
    return read;
  }

  /** The fields of one input. The data are in a tensor, or at an offset to be read from. */
  private static final class InputFields {
    private @Nullable String name;
    private @Nullable List<Integer> shape;
    private @Nullable ElementType type;
    private long dataOffset = -1;
    private @Nullable Tensor tensor;
  }

  private InputFields readInput(JsonParser parser) throws IOException, InferenceException {
    requireObject(parser, "inputs");
    InputFields input = new InputFields();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "name" -> input.name = string(parser, value, "the 'name' of an input");
        case "datatype" -> input.type = readType(parser, value);
        case "shape" -> input.shape = readShape(parser, value);
        case "data" -> readData(parser, value, input);
        default -> parser.skipChildren();
      }
    }
    return input;
  }

  private void readData(JsonParser parser, JsonToken value, InputFields input)
      throws IOException, InferenceException {
    if (value != JsonToken.START_ARRAY) {
      throw invalid("the 'data' of an input are not an array");
    }
    if (input.dataOffset >= 0) {
      throw invalid("an input has two fields 'data'");
    }
    input.dataOffset = parser.currentTokenLocation().getByteOffset();
    ElementType type = input.type;
    List<Integer> shape = input.shape;
    if (input.name == null || type == null || shape == null) {
      parser.skipChildren();
    } else {
      input.tensor = tensor(parser, input, specOf(input));
    }
  }

  private Tensor readTensor(InputFields input, TensorSpec spec)
      throws IOException, InferenceException {
    if (input.tensor != null) {
      return input.tensor;
    }
    if (input.shape == null || input.type == null || input.dataOffset < 0) {
      throw invalid(
          "input '%s' needs the fields 'shape', 'datatype' and 'data'".formatted(spec.name()));
    }
    // The data came before what says how to read them: read from where they begin.
    int offset = Math.toIntExact(input.dataOffset);
    try (JsonParser again = JSON.createParser(body, offset, body.length - offset)) {
      if (again.nextToken() != JsonToken.START_ARRAY) {
        throw invalid("the body is not UTF-8");
      }
      return tensor(again, input, spec);
    }
  }

  private Tensor tensor(JsonParser parser, InputFields input, TensorSpec spec)
      throws IOException, InferenceException {
    ElementType type = input.type;
    List<Integer> shape = input.shape;
    if (type != spec.type()) {
      throw invalid(
          "input '%s' has datatype %s, expected %s"
              .formatted(
                  spec.name(),
                  type == null ? "none" : DataTypes.name(type),
                  DataTypes.name(spec.type())));
    }
    if (shape == null || !fits(shape, spec.shape())) {
      throw invalid(
          "input '%s' has shape %s, expected %s".formatted(spec.name(), shape, spec.shape()));
    }
    // An element takes a character and what parts it from the next, so this bounds the memory.
    return TensorReader.read(parser, spec, shape, body.length / 2);
  }

  private static boolean fits(List<Integer> actual, List<Integer> expected) {
    boolean fits = actual.size() == expected.size();
    for (int i = 0; fits && i < actual.size(); i++) {
      fits = expected.get(i) == TensorSpec.ANY || expected.get(i).equals(actual.get(i));
    }
    return fits;
  }

  private TensorSpec specOf(InputFields input) throws InferenceException {
    String name = input.name;
    if (name == null) {
      throw invalid("an input has no field 'name'");
    }
    return signature.inputs().stream()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                invalid(
                    "the model has no input '%s'; its inputs are %s"
                        .formatted(
                            name, signature.inputs().stream().map(TensorSpec::name).toList())));
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

  private List<String> readOutputs(JsonParser parser, JsonToken value)
      throws IOException, InferenceException {
    requireOnce(outputs == null && value == JsonToken.START_ARRAY, "outputs");
    List<String> names = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      requireObject(parser, "outputs");
      String name = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        boolean isName = parser.currentName().equals("name");
        JsonToken field = parser.nextToken();
        if (isName) {
          name = string(parser, field, "the 'name' of an output");
        } else {
          parser.skipChildren();
        }
      }
      names.add(knownOutput(name, names));
    }
    return names;
  }

  private String knownOutput(@Nullable String name, List<String> before) throws InferenceException {
    List<String> known = signature.outputs().stream().map(TensorSpec::name).toList();
    if (name == null || !known.contains(name) || before.contains(name)) {
      throw invalid(
          "'outputs' names '%s', expected each of %s at most once".formatted(name, known));
    }
    return name;
  }

  private static String string(JsonParser parser, JsonToken value, String what)
      throws IOException, InferenceException {
    if (value != JsonToken.VALUE_STRING) {
      throw invalid(what + " is not a string");
    }
    return parser.getText();
  }

  private static void requireOnce(boolean fine, String field) throws InferenceException {
    if (!fine) {
      throw invalid("'%s' is not an array, or is there twice".formatted(field));
    }
  }

  private static void requireObject(JsonParser parser, String field) throws InferenceException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw invalid("an element of '%s' is not an object".formatted(field));
    }
  }

  private static InferenceException malformed(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : " at line %d, column %d"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    return new InferenceException(
        Reason.INVALID_REQUEST,
        "the body is not JSON%s: %s".formatted(where, e.getOriginalMessage()),
        e);
  }

  static InferenceException invalid(String message) {
    return new InferenceException(Reason.INVALID_REQUEST, message);
  }
}
