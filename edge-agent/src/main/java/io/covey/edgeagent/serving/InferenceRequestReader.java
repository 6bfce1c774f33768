package io.covey.edgeagent.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.covey.edgeagent.serving.InferenceException.Reason;
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
    try (JsonParser parser = parser(body, 0)) {
      reader.readRequest(parser);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw new IllegalStateException("reading an array in memory cannot fail", e);
    }
    return reader.finished();
  }

  /** Bounded in all that a parser can bound. */
  static JsonParser parser(byte[] body, int offset) throws IOException {
    return JSON.createParser(body, offset, body.length - offset);
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
      requireObject(parser, "inputs");
      InferenceInputReader.Input input = InferenceInputReader.read(parser, body, signature);
      if (read.put(input.spec().name(), input.tensor()) != null) {
        throw invalid("input '%s' is there twice".formatted(input.spec().name()));
      }
    }
    return read;
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

  static String string(JsonParser parser, JsonToken value, String what)
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
