package io.covey.edgeagent.config;

import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.ParticipantMinima;
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
            help = "Fewest updates in a sum; fewer hide too little.",
            preset = "3",
            min = "3",
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
        int maximumParameters,
    @Setting(
            help =
                "Fewest others that this agent shares masks with, or everybody in a small round.",
            preset = "3",
            min = "2",
            max = "1024")
        int minimumNeighbours,
    @Setting(
            help = "More than this part of them must help to open a secret.",
            preset = "0.5",
            min = "0",
            max = "0.99")
        double minimumThreshold,
    @Setting(
            help = "What a round must be safe from: a semi-honest or a semi-malicious coordinator.",
            preset = "semi-malicious")
        AdversaryModel minimumAdversary,
    @Setting(
            help = "Part of a round's agents that may help the coordinator, at least.",
            preset = "0.05",
            min = "0",
            max = "0.49")
        double minimumCorruptFraction,
    @Setting(
            help = "An update opens with probability at most 2^-this.",
            preset = "40",
            min = "1",
            max = "128")
        int minimumPrivacyBits,
    @Setting(
            help = "Least deviation of every agent's noise over the L2 sensitivity; 0 for none.",
            preset = "0",
            min = "0",
            max = "1000")
        double minimumNoise) {

  public TrainingSection {
    if (maximumClipNorm < minimumClipNorm) {
      throw new IllegalArgumentException("maximum-clip-norm is below minimum-clip-norm");
    }
  }

  /** What the agent insists on in every session of secure aggregation. */
  public ParticipantMinima minima() {
    return new ParticipantMinima(
        minimumCohort,
        minimumNeighbours,
        minimumThreshold,
        minimumNoise,
        new ParticipantMinima.Adversary(
            minimumAdversary, minimumCorruptFraction, minimumPrivacyBits));
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
