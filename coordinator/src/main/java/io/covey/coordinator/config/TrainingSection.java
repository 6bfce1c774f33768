package io.covey.coordinator.config;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.settings.Setting;
import java.time.Duration;
import java.util.Optional;

/** The section {@code training}: the plan of a training that is started without one. */
public record TrainingSection(
    @Setting(help = "Agents that a round invites.", preset = "8", min = "4", max = "65536")
        int cohortSize,
    @Setting(help = "A round with fewer reports fails.", preset = "4", min = "3", max = "65536")
        int minimumReports,
    @Setting(help = "Passes over an agent's examples.", preset = "5", min = "1", max = "1000")
        int epochs,
    @Setting(help = "Examples in a step.", preset = "20", min = "1", max = "65536") int batchSize,
    @Setting(help = "Of the agents' SGD.", preset = "0.1", min = "1e-6", max = "1000")
        double learningRate,
    @Setting(help = "FedProx's proximal term; 0 for none.", preset = "0", min = "0", max = "1000")
        double proximalMu,
    @Setting(help = "Bits of an entry of an update.", preset = "12", min = "4", max = "24")
        int valueBits,
    @Setting(help = "Bound of an update's L2 norm.", preset = "4", min = "1e-6", max = "1e6")
        double clipNorm,
    @Setting(
            help = "Examples beyond this many add no weight; below 2^value-bits.",
            preset = "512",
            min = "1",
            max = "16777215")
        int maximumWeight,
    @Setting(help = "Bound of a reported mean loss.", preset = "16", min = "1e-6", max = "1e6")
        double maximumLoss,
    @Setting(help = "Waiting for enough agents.", preset = "30s", min = "1ms", max = "7d")
        Duration selectionPeriod,
    @Setting(
            help = "From the exchange of shares to the last report.",
            preset = "1m",
            min = "1ms",
            max = "7d")
        Duration reportingPeriod,
    @Setting(help = "What secure aggregation assumes of a round's agents.")
        AggregationSection aggregation,
    @Setting(help = "Noise that makes rounds differentially private; left out, there is none.")
        Optional<PrivacySection> privacy,
    @Setting(help = "How a round's mean update becomes the next version.")
        ServerOptimizerSection serverOptimizer) {

  public TrainingSection {
    if (minimumReports > cohortSize) {
      throw new IllegalArgumentException(
          "minimum-reports " + minimumReports + " exceeds cohort-size " + cohortSize);
    }
    if (maximumWeight >= 1 << valueBits) {
      throw new IllegalArgumentException(
          "maximum-weight "
              + maximumWeight
              + " does not fit into value-bits "
              + valueBits
              + ": expected at most "
              + ((1 << valueBits) - 1));
    }
    // Refused here, with the section's name, and not when the first training starts.
    aggregation.plan().parametersFor(minimumReports, cohortSize);
  }

  /** The plan in the form that rounds take. */
  public TrainingPlan plan() {
    return new TrainingPlan(
        cohortSize,
        minimumReports,
        new LocalTraining(epochs, batchSize, (float) learningRate, (float) proximalMu),
        valueBits,
        (float) clipNorm,
        maximumWeight,
        (float) maximumLoss,
        serverOptimizer.optimization(),
        selectionPeriod,
        reportingPeriod,
        aggregation.plan(),
        privacy.map(PrivacySection::plan));
  }
}
