package io.covey.coordinator.http;

import io.covey.coordinator.http.ProblemException.Fault;
import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.training.PlainUpload;
import io.covey.models.data.DataFormat;
import io.covey.protocols.id.ModelName;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The form with which a model is uploaded.
 *
 * <p>The router's own validation of forms decodes them as text, which files are not. Here the form
 * is decoded as the stream that it is, and what it consists of is held against the contract's
 * schema with an empty text in place of each file.
 */
final class UploadForm {
  static final String OPERATION = "createModel";

  private static final String TASK = "task";
  private static final String CALIBRATION = "calibration";
  private static final String CALIBRATION_FORMAT = "calibrationFormat";

  /** Fields that are texts of JSON. */
  private static final Set<String> OBJECTS = Set.of(TASK, CALIBRATION_FORMAT);

  private static final Set<String> FILES = Set.of("graph", "weights", "model", CALIBRATION);

  private final OpenAPIContract contract;
  private final JsonSchema schema;

  /** What takes the content of a form that keeps the contract. */
  interface Recipient {
    /** A trainable model. */
    Future<VersionRecord> accept(
        ModelName name, String description, byte[] graph, Optional<byte[]> weights);

    /** A plain model. */
    Future<VersionRecord> acceptPlain(ModelName name, String description, PlainUpload upload);
  }

  UploadForm(OpenAPIContract contract) {
    this.contract = contract;
    Operation operation = Objects.requireNonNull(contract.operation(OPERATION), OPERATION);
    this.schema =
        Objects.requireNonNull(operation.getRequestBody().getContent().get("multipart/form-data"))
            .getSchema();
  }

  /** Hands the form on; throws a problem when it breaks the contract. */
  Future<VersionRecord> read(RoutingContext rc, Recipient recipient) {
    ReceivedForm form = BodyIntake.form(rc);
    check(form);
    ModelName name = new ModelName(Objects.requireNonNull(form.fields().get("name")));
    String description = Optional.ofNullable(form.fields().get("description")).orElse("");
    if (content(form, "model").isPresent()) {
      return plain(form).compose(upload -> recipient.acceptPlain(name, description, upload));
    }
    Future<byte[]> graph = content(form, "graph").orElseThrow();
    Future<Optional<byte[]>> weights =
        content(form, "weights")
            .map(coming -> coming.map(Optional::of))
            .orElse(Future.succeededFuture(Optional.empty()));
    return Future.all(graph, weights)
        .compose(both -> recipient.accept(name, description, graph.result(), weights.result()));
  }

  private static Future<PlainUpload> plain(ReceivedForm form) {
    Future<byte[]> file = content(form, "model").orElseThrow();
    Optional<Future<byte[]>> samples = content(form, CALIBRATION);
    ModelTask task = TaskJson.read(object(form, TASK), samples.isPresent());
    if (samples.isEmpty()) {
      return file.map(content -> new PlainUpload(content, task, Optional.empty()));
    }
    DataFormat format = PreprocessingJson.readFormat(object(form, CALIBRATION_FORMAT));
    return file.compose(
        model ->
            samples
                .get()
                .map(
                    content ->
                        new PlainUpload(
                            model, task, Optional.of(new PlainUpload.Samples(content, format)))));
  }

  private static JsonObject object(ReceivedForm form, String name) {
    return object(name, Objects.requireNonNull(form.fields().get(name)));
  }

  private void check(ReceivedForm form) {
    JsonObject shape = new JsonObject();
    for (Map.Entry<String, String> field : form.fields()) {
      if (FILES.contains(field.getKey())) {
        throw refused(field.getKey(), "it must be sent as a file, with a file name");
      }
      putOnce(
          shape,
          field.getKey(),
          OBJECTS.contains(field.getKey())
              ? object(field.getKey(), field.getValue())
              : field.getValue());
    }
    for (ReceivedForm.Part file : form.files()) {
      if (!FILES.contains(file.name())) {
        throw refused(file.name(), "it must not be sent as a file");
      }
      if (file.file().lengthBytes() == 0) {
        throw refused(file.name(), "the file is empty");
      }
      putOnce(shape, file.name(), "");
    }
    OutputUnit result = contract.getSchemaRepository().validator(schema).validate(shape);
    if (!Boolean.TRUE.equals(result.getValid())) {
      throw ContractViolations.describe(result);
    }
  }

  private static JsonObject object(String name, String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException e) {
      throw refused(name, "it must be a JSON object");
    }
  }

  private static void putOnce(JsonObject shape, String name, Object value) {
    if (shape.containsKey(name)) {
      throw refused(name, "it was sent twice");
    }
    shape.put(name, value);
  }

  private static ProblemException refused(String name, String detail) {
    return new ProblemException(
        ProblemType.MALFORMED_REQUEST,
        "The form breaks the contract: " + detail + ".",
        List.of(Fault.inBody("#/" + name, detail)),
        Map.of());
  }

  private static Optional<Future<byte[]>> content(ReceivedForm form, String name) {
    return form.files().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .map(part -> part.file().content());
  }
}
