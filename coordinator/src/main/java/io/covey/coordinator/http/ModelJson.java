package io.covey.coordinator.http;

import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ServingReport;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ArtifactReference;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Models and versions as the contract shows them. */
final class ModelJson {
  private ModelJson() {}

  static JsonObject model(ModelRecord model) {
    return new JsonObject()
        .put("name", model.name().value())
        .put("description", model.description())
        .put("createdAt", model.createdAt().toString())
        .put("task", model.plain().map(plain -> TaskJson.write(plain.task())).orElse(null));
  }

  static JsonObject version(VersionRecord version) {
    JsonArray artifacts = new JsonArray();
    version.artifacts().forEach(a -> artifacts.add(artifact(version, a)));
    return new JsonObject()
        .put("model", version.model().value())
        .put("version", version.version().number())
        .put("createdAt", version.createdAt().toString())
        .put("round", version.round().map(RoundId::value).orElse(null))
        .put("artifacts", artifacts)
        .put("evaluation", version.evaluation().map(ModelJson::evaluation).orElse(null))
        .put("released", version.isReleased())
        .put("serving", version.serving().map(ModelJson::serving).orElse(null));
  }

  static String path(VersionRecord version) {
    return "/api/v1/models/" + version.model() + "/versions/" + version.version();
  }

  /** The role as a path names it. */
  static String segment(ArtifactReference.Role role) {
    return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** JSON has no NaN and no infinities: what is not known is null. */
  static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static JsonObject artifact(VersionRecord version, ArtifactReference artifact) {
    return new JsonObject()
        .put("role", artifact.role().name())
        .put("sha256", artifact.digest().hex())
        .put("lengthBytes", artifact.lengthBytes())
        .put("path", path(version) + "/artifacts/" + segment(artifact.role()));
  }

  private static JsonObject serving(ServingReport report) {
    return new JsonObject()
        .put("form", report.form().name())
        .put("reason", report.reason())
        .put("floatBytes", report.floatBytes())
        .put("servedBytes", report.servedBytes())
        .put("agreement", report.agreement().map(ModelJson::agreement).orElse(null));
  }

  private static JsonObject agreement(ServingReport.Agreement agreement) {
    return new JsonObject()
        .put("samples", agreement.samples())
        .put("share", agreement.share())
        .put("floatAccuracy", agreement.floatAccuracy().orElse(null))
        .put("servedAccuracy", agreement.servedAccuracy().orElse(null));
  }

  private static JsonObject evaluation(HeldOutEvaluation evaluation) {
    return new JsonObject()
        .put("meanLoss", finite(evaluation.meanLoss()))
        .put("accuracy", finite(evaluation.accuracy()))
        .put("examples", evaluation.examples());
  }
}
