package io.covey.edgeagent.session;

import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Optional;

/**
 * What this agent agrees to, whatever a coordinator asks for.
 *
 * @param maximumEpochs passes over the agent's examples
 * @param maximumBatchSize examples a step
 * @param minimumCohort participants of a round, at least; a sum over fewer hides too little
 * @param minimumClipNorm L2 bound of an update, at least
 * @param maximumClipNorm L2 bound of an update, at most
 * @param maximumParameters entries of a model's parameter vector
 */
public record ParticipationLimits(
    int maximumEpochs,
    int maximumBatchSize,
    int minimumCohort,
    float minimumClipNorm,
    float maximumClipNorm,
    int maximumParameters) {

  /** Fit for a small device. */
  public static final ParticipationLimits DEFAULT =
      new ParticipationLimits(20, 1024, SecAggParameters.MINIMUM_COHORT, 1e-3f, 1000f, 20_000_000);

  /** Safe against a coordinator that lies and has a twentieth of every cohort help it. */
  public static final ParticipantMinima DEFAULT_MINIMA =
      new ParticipantMinima(
          SecAggParameters.MINIMUM_COHORT,
          SecAggParameters.MINIMUM_COHORT,
          0.5,
          0,
          new ParticipantMinima.Adversary(
              AdversaryModel.SEMI_MALICIOUS, 0.05, SecAggAssumptions.DEFAULT_PRIVACY_BITS));

  public ParticipationLimits {
    requireAtLeastOne("maximum epochs", maximumEpochs);
    requireAtLeastOne("maximum batch size", maximumBatchSize);
    requireAtLeastOne("minimum cohort", minimumCohort);
    requireAtLeastOne("maximum parameters", maximumParameters);
    // Written so that NaN is refused.
    if (!(minimumClipNorm > 0 && maximumClipNorm >= minimumClipNorm)) {
      throw new IllegalArgumentException(
          "clip norm range " + minimumClipNorm + " to " + maximumClipNorm + " is empty");
    }
  }

  /** Why {@code plan} is refused, for people; empty when the agent agrees to it. */
  public Optional<String> objection(RoundPlan plan) {
    LocalTraining training = plan.training();
    UpdateEncoding encoding = plan.encoding();
    return above("epochs", training.epochs(), maximumEpochs)
        .or(() -> above("batch size", training.batchSize(), maximumBatchSize))
        .or(() -> below("cohort", plan.cohortSize(), minimumCohort))
        .or(() -> above("parameters", encoding.parameterCount(), maximumParameters))
        .or(() -> outside("clip norm", encoding.clipNorm(), minimumClipNorm, maximumClipNorm));
  }

  private static Optional<String> above(String what, int asked, int maximum) {
    return asked <= maximum
        ? Optional.empty()
        : Optional.of("%s %d exceeds this agent's maximum of %d".formatted(what, asked, maximum));
  }

  private static Optional<String> below(String what, int asked, int minimum) {
    return asked >= minimum
        ? Optional.empty()
        : Optional.of("%s %d is below this agent's minimum of %d".formatted(what, asked, minimum));
  }

  private static Optional<String> outside(String what, float asked, float minimum, float maximum) {
    return asked >= minimum && asked <= maximum
        ? Optional.empty()
        : Optional.of(
            "%s %s is outside this agent's range of %s to %s"
                .formatted(what, asked, minimum, maximum));
  }

  private static void requireAtLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " is " + value + ", expected at least 1");
    }
  }
}
