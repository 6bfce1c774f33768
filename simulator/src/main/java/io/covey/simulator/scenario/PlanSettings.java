package io.covey.simulator.scenario;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/** A training plan. What is left out is as in {@link TrainingPlan#standard()}. */
public record PlanSettings(
    @Setting(help = "Devices invited to a round.", preset = "8", min = "1") int cohortSize,
    @Setting(help = "A round with fewer reports fails.", preset = "4", min = "1")
        int minimumReports,
    @Setting(help = "What a device does.") Local training,
    @Setting(help = "Bits of one entry of an update.", preset = "12", min = "4", max = "24")
        int valueBits,
    @Setting(help = "L2 bound of a device's update.", preset = "4", min = "1e-6", max = "1e6")
        double clipNorm,
    @Setting(help = "Examples beyond this many add no weight.", preset = "512", min = "1")
        int maximumWeight,
    @Setting(help = "Bound of the reported mean loss.", preset = "16", min = "1e-6", max = "1e6")
        double maximumLoss,
    @Setting(help = "What the coordinator does with the mean update.") OptimizerSettings optimizer,
    @Setting(help = "How long a round waits for devices.", preset = "30s", min = "1ms", max = "7d")
        Duration selectionPeriod,
    @Setting(help = "From invitation to deadline.", preset = "1m", min = "1ms", max = "7d")
        Duration reportingPeriod) {

  /** A device's training, see {@link LocalTraining}. */
  public record Local(
      @Setting(help = "Passes over a device's examples.", preset = "5", min = "1", max = "1000")
          int epochs,
      @Setting(help = "Examples of a step.", preset = "20", min = "1", max = "65536") int batchSize,
      @Setting(help = "Of gradient descent.", preset = "0.1", min = "1e-9", max = "1000")
          double learningRate,
      @Setting(help = "FedProx's coefficient; 0 for none.", preset = "0", min = "0", max = "1000")
          double proximalMu) {}

  /**
   * The plan that the coordinator takes.
   *
   * @throws IllegalArgumentException when the keys do not fit together
   */
  public TrainingPlan trainingPlan() {
    LocalTraining local =
        new LocalTraining(
            training.epochs(),
            training.batchSize(),
            (float) training.learningRate(),
            (float) training.proximalMu());
    return new TrainingPlan(
        cohortSize,
        minimumReports,
        local,
        valueBits,
        (float) clipNorm,
        maximumWeight,
        (float) maximumLoss,
        optimizer.optimization(),
        selectionPeriod,
        reportingPeriod);
  }
}
