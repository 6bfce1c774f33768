package io.covey.coordinator.http;

import io.covey.coordinator.registry.LocalSteps;
import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.ServingForm;
import io.covey.models.training.loss.LabelForm;
import io.covey.models.training.loss.Loss;
import io.covey.models.weights.WeightForm;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Tasks of plain models as the contract shows them, and as it lets them be given. */
final class TaskJson {
  private TaskJson() {}

  /**
   * Reads a task that keeps the contract; only the loss is needed.
   *
   * @param isCalibrated whether there are samples, without which no form needs them unless it is
   *     asked for
   * @throws ProblemException when the parts do not go together
   */
  static ModelTask read(JsonObject json, boolean isCalibrated) {
    try {
      return new ModelTask(
          Loss.valueOf(json.getString("loss")),
          LabelForm.valueOf(json.getString("labels", LabelForm.DENSE.name())),
          json.getJsonArray("classes", new JsonArray()).stream().map(String.class::cast).toList(),
          PreprocessingJson.read(json.getJsonObject("preprocessing", new JsonObject())),
          readSteps(json.getJsonObject("steps", new JsonObject())),
          readTrainable(json.getJsonObject("trainable", new JsonObject())),
          readServing(json.getJsonObject("serving", new JsonObject()), isCalibrated),
          WeightForm.valueOf(json.getString("weights", WeightForm.FLOAT32.name())));
    } catch (IllegalArgumentException e) {
      throw Exchange.senseless("#/task", e);
    }
  }

  private static LocalSteps readSteps(JsonObject json) {
    LocalSteps standard = LocalSteps.DEFAULT;
    return new LocalSteps(
        LocalSteps.Optimizer.valueOf(json.getString("optimizer", standard.optimizer().name())),
        json.getNumber("momentum", standard.momentum()).floatValue(),
        json.getBoolean("weightDecay", standard.weightDecay()),
        json.getBoolean("gradientClipping", standard.gradientClipping()),
        json.getBoolean("proximal", standard.proximal()));
  }

  private static ModelTask.Trainable readTrainable(JsonObject json) {
    return new ModelTask.Trainable(
        Optional.ofNullable(json.getInteger("lastLayers")),
        Optional.ofNullable(json.getString("matching")));
  }

  private static ModelTask.Serving readServing(JsonObject json, boolean isCalibrated) {
    ServingForm usual = isCalibrated ? ServingForm.INT8 : ServingForm.DYNAMIC_RANGE;
    ServingForm form = ServingForm.valueOf(json.getString("form", usual.name()));
    if (form == ServingForm.INT8 && !isCalibrated) {
      throw new IllegalArgumentException(
          "serving in INT8 needs samples to calibrate with; send some as 'calibration', or choose"
              + " DYNAMIC_RANGE, which needs none");
    }
    return new ModelTask.Serving(
        form,
        json.getNumber("minimumAgreement", ModelTask.Serving.MINIMUM_AGREEMENT).doubleValue(),
        readSelfTest(json.getJsonObject("selfTest", new JsonObject()), isCalibrated));
  }

  private static ModelTask.SelfTest readSelfTest(JsonObject json, boolean isCalibrated) {
    ModelTask.SelfTest standard = ModelTask.SelfTest.DEFAULT;
    int samples = json.getInteger("samples", standard.samples());
    if (samples > 0 && !isCalibrated) {
      throw new IllegalArgumentException(
          "the self-test is to have %d of the calibration samples, and there are none; send some as"
                  .formatted(samples)
              + " 'calibration', or leave it out, and inputs are drawn");
    }
    return new ModelTask.SelfTest(
        samples, json.getNumber("tolerance", standard.tolerance()).doubleValue());
  }

  static JsonObject write(ModelTask task) {
    return new JsonObject()
        .put("loss", task.loss().name())
        .put("labels", task.labels().name())
        .put("classes", new JsonArray(List.copyOf(task.classes())))
        .put("preprocessing", PreprocessingJson.write(task.preprocessing()))
        .put("steps", write(task.steps()))
        .put("trainable", write(task.trainable()))
        .put(
            "serving",
            new JsonObject()
                .put("form", task.serving().form().name())
                .put("minimumAgreement", task.serving().minimumAgreement())
                .put(
                    "selfTest",
                    new JsonObject()
                        .put("samples", task.serving().selfTest().samples())
                        .put("tolerance", task.serving().selfTest().tolerance())))
        .put("weights", task.weights().name());
  }

  private static JsonObject write(LocalSteps steps) {
    return new JsonObject()
        .put("optimizer", steps.optimizer().name())
        .put("momentum", PlanJson.decimal(steps.momentum()))
        .put("weightDecay", steps.weightDecay())
        .put("gradientClipping", steps.gradientClipping())
        .put("proximal", steps.proximal());
  }

  private static JsonObject write(ModelTask.Trainable trainable) {
    JsonObject json = new JsonObject();
    trainable.lastLayers().ifPresent(count -> json.put("lastLayers", count));
    trainable.matching().ifPresent(pattern -> json.put("matching", pattern));
    return json;
  }
}
