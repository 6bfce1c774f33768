package io.covey.simulator.scenario;

import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.message.LocalTraining;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Reads a training plan. Absent keys keep the values of {@link TrainingPlan#standard()}. The ranges
 * are those of the types that a plan is made of; each key is also tried alone, so that every wrong
 * one is found and not only the first.
 */
final class PlanReader {
  private static final List<BiConsumer<Section, Draft>> KEYS =
      List.of(
          (plan, d) -> d.cohortSize = whole(plan, "cohortSize", d.cohortSize),
          (plan, d) -> d.minimumReports = whole(plan, "minimumReports", d.minimumReports),
          (plan, d) -> d.epochs = whole(plan, "epochs", d.epochs),
          (plan, d) -> d.batchSize = whole(plan, "batchSize", d.batchSize),
          (plan, d) -> d.learningRate = decimal(plan, "learningRate", d.learningRate),
          (plan, d) -> d.proximalMu = decimal(plan, "proximalMu", d.proximalMu),
          (plan, d) -> d.valueBits = whole(plan, "valueBits", d.valueBits),
          (plan, d) -> d.clipNorm = decimal(plan, "clipNorm", d.clipNorm),
          (plan, d) -> d.maximumWeight = whole(plan, "maximumWeight", d.maximumWeight),
          (plan, d) -> d.maximumLoss = decimal(plan, "maximumLoss", d.maximumLoss),
          (plan, d) -> d.selection = plan.duration("selectionPeriod").orElse(d.selection),
          (plan, d) -> d.reporting = plan.duration("reportingPeriod").orElse(d.reporting));

  private PlanReader() {}

  static TrainingPlan read(Section plan) {
    TrainingPlan standard = TrainingPlan.standard();
    ServerOptimization optimization = optimization(plan, standard.optimization());
    boolean sound = true;
    for (BiConsumer<Section, Draft> key : KEYS) {
      Draft alone = new Draft(standard, optimization);
      // These leave every other key its full range; whether keys fit together comes below.
      alone.cohortSize = TrainingPlan.MAXIMUM_COHORT;
      alone.minimumReports = 1;
      alone.valueBits = 24;
      alone.maximumWeight = 1;
      key.accept(plan, alone);
      sound &= plan.make(alone::build).isPresent();
    }
    if (!sound) {
      return standard;
    }
    Draft whole = new Draft(standard, optimization);
    KEYS.forEach(key -> key.accept(plan, whole));
    if (!plan.has("minimumReports")) {
      whole.minimumReports = Math.max(1, whole.cohortSize / 2);
    }
    return plan.make(whole::build).orElse(standard);
  }

  private static ServerOptimization optimization(Section plan, ServerOptimization standard) {
    try (Section optimizer = plan.section("optimizer")) {
      ServerOptimization usual =
          optimizer
              .choice("algorithm", ServerOptimization.Algorithm.class)
              .map(ServerOptimization::of)
              .orElse(standard);
      return optimizer
          .make(
              () ->
                  new ServerOptimization(
                      usual.algorithm(),
                      decimal(optimizer, "learningRate", usual.learningRate()),
                      decimal(optimizer, "momentum", usual.momentum()),
                      decimal(optimizer, "secondMoment", usual.secondMoment()),
                      decimal(optimizer, "adaptivity", usual.adaptivity())))
          .orElse(usual);
    }
  }

  private static int whole(Section section, String key, int usual) {
    return (int) section.wholeNumber(key, usual, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static float decimal(Section section, String key, float usual) {
    return (float) section.number(key).orElse(usual);
  }

  /** A plan that is not checked yet. */
  private static final class Draft {
    private int cohortSize;
    private int minimumReports;
    private int epochs;
    private int batchSize;
    private float learningRate;
    private float proximalMu;
    private int valueBits;
    private float clipNorm;
    private int maximumWeight;
    private float maximumLoss;
    private Duration selection;
    private Duration reporting;
    private final ServerOptimization optimization;

    Draft(TrainingPlan plan, ServerOptimization optimization) {
      this.cohortSize = plan.cohortSize();
      this.minimumReports = plan.minimumReports();
      this.epochs = plan.training().epochs();
      this.batchSize = plan.training().batchSize();
      this.learningRate = plan.training().learningRate();
      this.proximalMu = plan.training().proximalMu();
      this.valueBits = plan.valueBits();
      this.clipNorm = plan.clipNorm();
      this.maximumWeight = plan.maximumWeight();
      this.maximumLoss = plan.maximumLoss();
      this.selection = plan.selectionPeriod();
      this.reporting = plan.reportingPeriod();
      this.optimization = optimization;
    }

    TrainingPlan build() {
      LocalTraining training = new LocalTraining(epochs, batchSize, learningRate, proximalMu);
      return new TrainingPlan(
          cohortSize,
          minimumReports,
          training,
          valueBits,
          clipNorm,
          maximumWeight,
          maximumLoss,
          optimization,
          selection,
          reporting);
    }
  }
}
