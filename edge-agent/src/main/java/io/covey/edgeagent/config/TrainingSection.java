package io.covey.edgeagent.config;

import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.protocols.settings.Setting;

/** The section {@code training}. */
public record TrainingSection(
    @Setting(
            help = "Most passes over this agent's examples in one round.",
            preset = "20",
            min = "1",
            max = "1000")
        int maximumEpochs,
    @Setting(help = "Most examples of one step.", preset = "1024", min = "1", max = "65536")
        int maximumBatchSize,
    @Setting(
            help = "Fewest participants of a round; a sum over fewer hides too little.",
            preset = "2",
            min = "1",
            max = "1000000")
        int minimumCohort,
    @Setting(
            help = "Least L2 bound of an update.",
            preset = "0.001",
            min = "0.000001",
            max = "1000000")
        double minimumClipNorm,
    @Setting(
            help = "Largest L2 bound of an update.",
            preset = "1000",
            min = "0.000001",
            max = "1000000")
        double maximumClipNorm,
    @Setting(
            help = "Most parameters of a model to train.",
            preset = "20000000",
            min = "1",
            max = "134217728")
        int maximumParameters) {

  public TrainingSection {
    if (maximumClipNorm < minimumClipNorm) {
      throw new IllegalArgumentException("maximum-clip-norm is below minimum-clip-norm");
    }
  }

  /** What the agent checks every plan against. */
  public ParticipationLimits limits() {
    return new ParticipationLimits(
        maximumEpochs,
        maximumBatchSize,
        minimumCohort,
        (float) minimumClipNorm,
        (float) maximumClipNorm,
        maximumParameters);
  }
}
