package io.covey.edgeagent.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import io.covey.protocols.message.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes every body that the Open Inference Protocol v2 knows of. */
final class InferenceJson {
  private static final String PLATFORM = "tensorflow_tflite";
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private InferenceJson() {}

  /** What writes the fields of one object. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  static byte[] live() {
    return object(json -> json.writeBooleanField("live", true));
  }

  /**
   * The specification's text calls the field {@code live} here too; its name says {@code ready}.
   *
   * @param obstacle what keeps new versions from being taken, though what is served answers
   */
  static byte[] ready(boolean ready, Optional<String> obstacle) {
    return object(
        json -> {
          json.writeBooleanField("live", true);
          json.writeBooleanField("ready", ready);
          if (obstacle.isPresent()) {
            json.writeStringField("storage", obstacle.get());
          }
        });
  }

  static byte[] modelReady(String model) {
    return object(
        json -> {
          json.writeStringField("name", model);
          json.writeBooleanField("ready", true);
        });
  }

  static byte[] server(String version) {
    return object(
        json -> {
          json.writeStringField("name", "covey-edge-agent");
          json.writeStringField("version", version);
          json.writeArrayFieldStart("extensions");
          json.writeEndArray();
        });
  }

  static byte[] model(ServedVersion served) {
    Signature signature = served.signature();
    return object(
        json -> {
          json.writeStringField("name", served.name().value());
          json.writeArrayFieldStart("versions");
          json.writeString(served.version().toString());
          json.writeEndArray();
          json.writeStringField("platform", PLATFORM);
          writeSpecs(json, "inputs", signature.inputs());
          writeSpecs(json, "outputs", signature.outputs());
        });
  }

  static byte[] error(String message) {
    return object(json -> json.writeStringField("error", Limits.readable(message)));
  }

  /**
   * The answer to a request.
   *
   * @param outputs of the model, by name
   * @throws InferenceException when a value of a wanted output is not finite: JSON has no word for
   *     it, and the model is broken
   */
  static byte[] answer(ServedVersion served, InferenceRequest request, Map<String, Tensor> outputs)
      throws InferenceException {
    List<String> wanted =
        request.outputs().isEmpty()
            ? served.signature().outputs().stream().map(TensorSpec::name).toList()
            : request.outputs();
    for (String name : wanted) {
      Optional<String> problem = NonFinite.in(required(outputs, name));
      if (problem.isPresent()) {
        throw new InferenceException(
            Reason.FAILED,
            "output '%s' cannot be expressed in JSON: %s".formatted(name, problem.get()));
      }
    }
    return object(
        json -> {
          json.writeStringField("model_name", served.name().value());
          json.writeStringField("model_version", served.version().toString());
          if (request.id().isPresent()) {
            json.writeStringField("id", request.id().get());
          }
          json.writeArrayFieldStart("outputs");
          for (String name : wanted) {
            writeTensor(json, name, required(outputs, name));
          }
          json.writeEndArray();
        });
  }

  private static Tensor required(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new IllegalStateException("the model did not give its output " + name);
    }
    return tensor;
  }

  private static void writeSpecs(JsonGenerator json, String field, List<TensorSpec> specs)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (TensorSpec spec : specs) {
      json.writeStartObject();
      json.writeStringField("name", spec.name());
      json.writeStringField("datatype", DataTypes.name(spec.type()));
      writeShape(json, spec.shape());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeShape(JsonGenerator json, List<Integer> shape) throws IOException {
    json.writeArrayFieldStart("shape");
    for (int dimension : shape) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
  }

  private static void writeTensor(JsonGenerator json, String name, Tensor tensor)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", DataTypes.name(tensor.type()));
    writeShape(json, tensor.shape());
    json.writeArrayFieldStart("data");
    int elements = tensor.elements();
    for (int i = 0; i < elements; i++) {
      switch (tensor.type()) {
        // Exact: the double came from a float.
        case FLOAT32 -> json.writeNumber((float) tensor.doubleAt(i));
        case FLOAT64 -> json.writeNumber(tensor.doubleAt(i));
        case BOOL -> json.writeBoolean(tensor.longAt(i) != 0);
        case INT8, INT16, INT32, INT64, UINT8 -> json.writeNumber(tensor.longAt(i));
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static byte[] object(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }
}
