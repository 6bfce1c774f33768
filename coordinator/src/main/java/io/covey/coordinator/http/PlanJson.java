package io.covey.coordinator.http;

import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.protocols.message.LocalTraining;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Training plans as the contract shows them, and as it lets them be asked for. */
final class PlanJson {
  private PlanJson() {}

  static JsonObject write(TrainingPlan plan) {
    return new JsonObject()
        .put("cohortSize", plan.cohortSize())
        .put("minimumReports", plan.minimumReports())
        .put("training", write(plan.training()))
        .put("valueBits", plan.valueBits())
        .put("clipNorm", decimal(plan.clipNorm()))
        .put("maximumWeight", plan.maximumWeight())
        .put("maximumLoss", decimal(plan.maximumLoss()))
        .put("optimization", write(plan.optimization()))
        .put("selectionPeriod", plan.selectionPeriod().toString())
        .put("reportingPeriod", plan.reportingPeriod().toString())
        .put("aggregation", write(plan.aggregation()))
        .put("privacy", plan.privacy().map(PlanJson::write).orElse(null));
  }

  /**
   * Reads a plan that keeps the contract; what is left out takes the standard plan's value, or
   * follows from what is there.
   *
   * @param standard what a plan takes that leaves everything out
   * @throws ProblemException when the parts do not go together
   */
  static TrainingPlan read(JsonObject json, TrainingPlan standard) {
    int cohortSize = json.getInteger("cohortSize", standard.cohortSize());
    int valueBits = json.getInteger("valueBits", standard.valueBits());
    int largestWeight = (1 << valueBits) - 1;
    Duration selectionPeriod = period(json, "selectionPeriod", standard.selectionPeriod());
    Duration reportingPeriod = period(json, "reportingPeriod", standard.reportingPeriod());
    try {
      return new TrainingPlan(
          cohortSize,
          json.getInteger("minimumReports", minimumReports(json, standard, cohortSize)),
          readTraining(json.getJsonObject("training", new JsonObject()), standard.training()),
          valueBits,
          number(json, "clipNorm", standard.clipNorm()),
          json.getInteger("maximumWeight", Math.min(standard.maximumWeight(), largestWeight)),
          number(json, "maximumLoss", standard.maximumLoss()),
          readOptimization(
              json.getJsonObject("optimization", new JsonObject()), standard.optimization()),
          selectionPeriod,
          reportingPeriod,
          readAggregation(
              json.getJsonObject("aggregation", new JsonObject()), standard.aggregation()),
          json.containsKey("privacy")
              ? Optional.ofNullable(json.getJsonObject("privacy")).map(PlanJson::readPrivacy)
              : standard.privacy());
    } catch (IllegalArgumentException e) {
      throw Exchange.senseless("#/plan", e);
    }
  }

  private static JsonObject write(LocalTraining training) {
    return new JsonObject()
        .put("epochs", training.epochs())
        .put("batchSize", training.batchSize())
        .put("learningRate", decimal(training.learningRate()))
        .put("proximalMu", decimal(training.proximalMu()));
  }

  private static JsonObject write(ServerOptimization optimization) {
    return new JsonObject()
        .put("algorithm", optimization.algorithm().name())
        .put("learningRate", decimal(optimization.learningRate()))
        .put("momentum", decimal(optimization.momentum()))
        .put("secondMoment", decimal(optimization.secondMoment()))
        .put("adaptivity", decimal(optimization.adaptivity()));
  }

  private static JsonObject write(AggregationPlan aggregation) {
    return new JsonObject()
        .put("adversary", aggregation.adversary().name())
        .put("corruptFraction", aggregation.corruptFraction())
        .put("dropoutFraction", aggregation.dropoutFraction())
        .put("privacyBits", aggregation.privacyBits())
        .put("correctnessBits", aggregation.correctnessBits())
        .put("stepPeriod", aggregation.stepPeriod().toString());
  }

  private static JsonObject write(PrivacyPlan privacy) {
    return new JsonObject()
        .put("noiseMultiplier", privacy.noiseMultiplier())
        .put("rotated", privacy.rotated())
        .put(
            "adaptiveClipping",
            privacy
                .adaptiveClipping()
                .map(
                    clipping ->
                        new JsonObject()
                            .put("quantile", clipping.quantile())
                            .put("learningRate", clipping.learningRate()))
                .orElse(null));
  }

  private static PrivacyPlan readPrivacy(JsonObject json) {
    return new PrivacyPlan(
        json.getNumber("noiseMultiplier").doubleValue(),
        json.getBoolean("rotated", false),
        Optional.ofNullable(json.getJsonObject("adaptiveClipping"))
            .map(
                clipping ->
                    new PrivacyPlan.Clipping(
                        clipping.getNumber("quantile", 0.5).doubleValue(),
                        clipping.getNumber("learningRate", 0.2).doubleValue())));
  }

  private static AggregationPlan readAggregation(JsonObject json, AggregationPlan standard) {
    return new AggregationPlan(
        AdversaryModel.valueOf(json.getString("adversary", standard.adversary().name())),
        json.getNumber("corruptFraction", standard.corruptFraction()).doubleValue(),
        json.getNumber("dropoutFraction", standard.dropoutFraction()).doubleValue(),
        json.getInteger("privacyBits", standard.privacyBits()),
        json.getInteger("correctnessBits", standard.correctnessBits()),
        period(json, "stepPeriod", standard.stepPeriod()));
  }

  private static LocalTraining readTraining(JsonObject json, LocalTraining standard) {
    return new LocalTraining(
        json.getInteger("epochs", standard.epochs()),
        json.getInteger("batchSize", standard.batchSize()),
        number(json, "learningRate", standard.learningRate()),
        number(json, "proximalMu", standard.proximalMu()));
  }

  /**
   * Two thirds of a cohort whose size was given, which is what its sum needs anyway or nearly so;
   * otherwise as the standard plan has it.
   */
  private static int minimumReports(JsonObject json, TrainingPlan standard, int cohortSize) {
    return json.containsKey("cohortSize")
        ? Math.max((2 * cohortSize + 2) / 3, SecAggParameters.MINIMUM_COHORT)
        : standard.minimumReports();
  }

  /**
   * The constants of another algorithm than the usual one are those that its paper found to work.
   */
  private static ServerOptimization readOptimization(JsonObject json, ServerOptimization usual) {
    ServerOptimization.Algorithm algorithm =
        ServerOptimization.Algorithm.valueOf(json.getString("algorithm", usual.algorithm().name()));
    ServerOptimization standard =
        algorithm == usual.algorithm() ? usual : ServerOptimization.of(algorithm);
    return new ServerOptimization(
        standard.algorithm(),
        number(json, "learningRate", standard.learningRate()),
        number(json, "momentum", standard.momentum()),
        number(json, "secondMoment", standard.secondMoment()),
        number(json, "adaptivity", standard.adaptivity()));
  }

  private static Duration period(JsonObject json, String member, Duration standard) {
    String text = json.getString(member);
    if (text == null) {
      return standard;
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw Exchange.senseless("#/plan/" + member, e);
    }
  }

  private static float number(JsonObject json, String member, float standard) {
    return json.getNumber(member, standard).floatValue();
  }

  /** The shortest decimal that means the same float: 0.1 and not 0.10000000149011612. */
  static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
