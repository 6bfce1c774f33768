package io.covey.coordinator.http;

import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.PlainUpload;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.validation.RequestParameter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The contract's operations on models and versions, but for the files. */
final class ModelOperations {
  private final AdminOperations admin;
  private final UploadForm form;

  ModelOperations(AdminOperations admin, UploadForm form) {
    this.admin = admin;
    this.form = form;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of(
        "listModels", this::listModels,
        "createModel", this::createModel,
        "getModel", this::getModel,
        "uploadModel", this::uploadModel,
        "setEvaluationData", this::setEvaluationData,
        "listVersions", this::listVersions,
        "getVersion", this::getVersion);
  }

  private void listModels(Exchange exchange) {
    Optional<ModelName> cursor =
        exchange.query("cursor").map(RequestParameter::getString).map(ModelName::new);
    int limit = exchange.limit();
    exchange.answer(
        exchange
            .await(admin.models())
            .map(
                models ->
                    models.stream()
                        .filter(m -> cursor.isEmpty() || m.name().compareTo(cursor.get()) > 0)
                        .sorted(Comparator.comparing(ModelRecord::name))
                        .limit(limit + 1L)
                        .toList())
            .map(found -> Page.of(found, limit, ModelJson::model, m -> m.name().value())));
  }

  private void createModel(Exchange exchange) {
    form.read(exchange.context(), new Registration(exchange))
        .onSuccess(version -> sendCreated(exchange, version))
        .onFailure(exchange.context()::fail);
  }

  /** What a form asks for, done for one exchange. */
  private final class Registration implements UploadForm.Recipient {
    private final Exchange exchange;

    Registration(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public Future<VersionRecord> accept(
        ModelName name, String description, byte[] graph, Optional<byte[]> weights) {
      return exchange.await(admin.registerModel(name, description, graph, weights));
    }

    @Override
    public Future<VersionRecord> acceptPlain(
        ModelName name, String description, PlainUpload upload) {
      return exchange.await(admin.registerPlainModel(name, description, upload));
    }
  }

  private void uploadModel(Exchange exchange) {
    String description = exchange.query("description").map(RequestParameter::getString).orElse("");
    BodyIntake.file(exchange.context())
        .orElseThrow()
        .content()
        .compose(
            graph ->
                exchange.await(
                    admin.registerModel(exchange.model(), description, graph, Optional.empty())))
        .onSuccess(version -> sendCreated(exchange, version))
        .onFailure(exchange.context()::fail);
  }

  static void sendCreated(Exchange exchange, VersionRecord version) {
    if (!exchange.context().response().closed()) {
      exchange.context().response().putHeader("Location", ModelJson.path(version));
    }
    exchange.sendJson(201, ModelJson.version(version));
  }

  private void getModel(Exchange exchange) {
    ModelName name = exchange.model();
    exchange.answer(
        exchange.awaitPresent(admin.model(name), Exchange.noModel(name)).map(ModelJson::model));
  }

  private void setEvaluationData(Exchange exchange) {
    LabelColumn label = labelColumn(exchange);
    float scale = exchange.query("scale").map(RequestParameter::getFloat).orElse(1f);
    exchange.answer(
        BodyIntake.file(exchange.context())
            .orElseThrow()
            .content()
            .compose(
                csv -> exchange.await(admin.setEvaluationData(exchange.model(), csv, label, scale)))
            .map(ModelJson::version));
  }

  private static LabelColumn labelColumn(Exchange exchange) {
    boolean isValues =
        exchange.query("labelKind").map(kind -> kind.getString().equals("VALUES")).orElse(false);
    try {
      return new LabelColumn(
          exchange.query("labelColumn").orElseThrow().getString(),
          isValues ? LabelKind.VALUES : LabelKind.NUMBERS);
    } catch (IllegalArgumentException e) {
      throw Exchange.senseless("labelColumn", e);
    }
  }

  private void listVersions(Exchange exchange) {
    int before =
        exchange.query("cursor").map(RequestParameter::getInteger).orElse(Integer.MAX_VALUE);
    int limit = exchange.limit();
    exchange.answer(
        versions(exchange, before, limit)
            .map(found -> Page.of(found, limit, ModelJson::version, v -> v.version().number())));
  }

  private Future<List<VersionRecord>> versions(Exchange exchange, int before, int limit) {
    ModelName name = exchange.model();
    return exchange
        .awaitPresent(admin.model(name), Exchange.noModel(name))
        .compose(model -> exchange.await(admin.versions(name)))
        .map(
            all ->
                all.stream()
                    .filter(v -> v.version().number() < before)
                    .sorted(Comparator.comparing(VersionRecord::version).reversed())
                    .limit(limit + 1L)
                    .toList());
  }

  private void getVersion(Exchange exchange) {
    Future<JsonObject> found =
        version(admin, exchange, exchange.model(), exchange.version()).map(ModelJson::version);
    exchange.answer(found);
  }

  /** The version, or 404. */
  static Future<VersionRecord> version(
      AdminOperations admin, Exchange exchange, ModelName name, ModelVersion version) {
    return exchange.awaitPresent(
        admin.version(name, version),
        "There is no version " + version + " of a model " + name + ".");
  }
}
