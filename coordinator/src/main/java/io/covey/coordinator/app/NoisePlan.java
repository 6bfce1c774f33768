package io.covey.coordinator.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.covey.crypto.privacy.DistributedGaussian;
import io.covey.crypto.privacy.PrivacyDemand;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.privacy.accounting.NoisePlanner;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyLedger;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The noise that a request needs, and what it buys.
 *
 * @param noiseMultiplier to be asked for, in ten-thousandths
 * @param layout of an update with that noise
 * @param spent what all rounds cost as they would run
 */
record NoisePlan(
    PlanRequest request, double noiseMultiplier, UpdateLayout layout, PrivacyLedger spent) {
  private static final double MULTIPLIER_UNIT = 1e-4;

  /** Only ratios to the clip norm are shown, so any will do. */
  private static final float CLIP_NORM = 1f;

  /**
   * Finds the noise.
   *
   * @throws CommandFailedException if no noise keeps the budget, or no encoding holds it
   */
  static NoisePlan of(PlanRequest request) {
    double multiplier = smallestMultiplier(request);
    UpdateLayout layout = layout(request, multiplier);
    RoundCost cost = cost(request, layout);
    PrivacyLedger spent = PrivacyLedger.empty().with(cost, request.sampling().rounds());
    return new NoisePlan(request, multiplier, layout, spent);
  }

  private static double smallestMultiplier(PlanRequest request) {
    PlanRequest.Sampling sampling = request.sampling();
    NoisePlanner planner =
        new NoisePlanner(
            request.observer(),
            RoundCost.samplingRate(sampling.cohort(), sampling.population()),
            sampling.rounds());
    double exact =
        planner
            .smallestMultiplier(request.budget())
            .orElseThrow(
                () ->
                    CommandFailedException.failed(
                        "no noise multiplier up to %.0f keeps %d rounds within epsilon %s"
                            .formatted(
                                NoisePlanner.MAXIMUM_MULTIPLIER,
                                sampling.rounds(),
                                request.budget().epsilon()),
                        "take fewer rounds or a larger epsilon"));
    return Math.ceil(exact / MULTIPLIER_UNIT) * MULTIPLIER_UNIT;
  }

  private static RoundCost cost(PlanRequest request, UpdateLayout layout) {
    return RoundCost.of(
        DistributedGaussian.of(layout.encoding()),
        request.sampling().cohort(),
        request.sampling().population());
  }

  private static UpdateLayout layout(PlanRequest request, double multiplier) {
    ByteString seed =
        request.model().rotated()
            ? ByteString.copyFrom(new byte[PrivacyTerms.ROTATION_SEED_BYTES])
            : ByteString.EMPTY;
    int cohort = request.sampling().cohort();
    // Bits, lanes and weight are chosen anew; the largest lane holds every cohort.
    UpdateEncoding plain =
        new UpdateEncoding(request.model().parameters(), 4, 63, CLIP_NORM, 1, 1f);
    try {
      PrivacyDemand demand =
          new PrivacyDemand(multiplier, request.survival().minimumHonest(), seed);
      return UpdateLayout.of(demand.applyTo(plain, cohort), cohort);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.failed(
              "the noise does not fit into updates: " + e.getMessage(), "change the plan")
          .causedBy(e);
    }
  }

  double epsilon(Observer observer) {
    return spent.spent(observer, request.budget().delta());
  }

  /** Against the coordinator, for a device that is in a single cohort. */
  double epsilonOfOneRound() {
    return PrivacyLedger.empty()
        .with(cost(request, layout))
        .spent(Observer.COORDINATOR, request.budget().delta());
  }

  DistributedGaussian mechanism() {
    return DistributedGaussian.of(layout.encoding());
  }

  /** For people. */
  List<String> lines() {
    UpdateEncoding encoding = layout.encoding();
    List<String> lines = new ArrayList<>();
    lines.add(line("noise multiplier", format("%.4f", noiseMultiplier)));
    lines.add(
        line("epsilon against model consumers", epsilonText(epsilon(Observer.MODEL_CONSUMER))));
    lines.add(line("epsilon against the coordinator", epsilonText(epsilon(Observer.COORDINATOR))));
    lines.add(line("  for a device in one cohort", epsilonText(epsilonOfOneRound())));
    lines.add(
        line(
            "each participant adds",
            format(
                "noise of standard deviation %.4f x the clip norm to each entry",
                mechanism().localDeviation())));
    lines.add(
        line(
            "an update takes",
            format(
                "%d-bit values in %d-bit lanes, %d bytes for %d parameters",
                encoding.valueBits(),
                encoding.laneBits(),
                layout.bytes(),
                encoding.parameterCount())));
    lines.add("");
    lines.add("This holds as long as:");
    assumptions().forEach(assumption -> lines.add("- " + assumption));
    return lines;
  }

  private static String line(String name, String value) {
    return format("%-33s%s", name, value);
  }

  private String epsilonText(double epsilon) {
    return Double.isInfinite(epsilon)
        ? "none: it is so large that nothing is promised"
        : format("%.3f at delta %s", epsilon, delta());
  }

  /** As people write it: 1e-6. */
  private String delta() {
    return Double.toString(request.budget().delta()).replace(".0E", "e").replace("E", "e");
  }

  /** What must be true for the figures to be true. */
  List<String> assumptions() {
    PlanRequest.Sampling sampling = request.sampling();
    PlanRequest.Survival survival = request.survival();
    List<String> assumptions = new ArrayList<>();
    assumptions.add(
        format(
            "no sum of fewer than %d updates is opened, and of any %d participants at least %d add"
                + " their noise and help nobody to take it off",
            survival.minimumSurvivors(), survival.minimumSurvivors(), survival.minimumHonest()));
    assumptions.add("the coordinator sees sums only, as secure aggregation has it");
    assumptions.add(
        "what is hidden is all that one device ever contributed, against its sending zeros;"
            + " exchanging one device's data for another's counts as two such changes");
    assumptions.add(
        format(
            "against model consumers: each of %d agents is in a cohort with probability %.3g,"
                + " independently (Poisson sampling), and nobody tells who took part. Cohorts of a"
                + " fixed size are not drawn like that; where this matters, go by the figure"
                + " against the coordinator",
            sampling.population(), sampling.cohort() / (double) sampling.population()));
    assumptions.add(
        format(
            "against the coordinator: one device may be in all %d cohorts; sampling hides nothing",
            sampling.rounds()));
    if (request.budget().delta() * sampling.population() >= 1) {
      assumptions.add(
          format(
              "delta is %s and there are %d agents: take one well below one over the population,"
                  + " or some of them may be exposed altogether",
              delta(), sampling.population()));
    }
    return assumptions;
  }

  /** One line for programs; an epsilon that cannot be stated is null. */
  String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("noiseMultiplier", Double.parseDouble(format("%.4f", noiseMultiplier)));
    putEpsilon(json, "epsilonAgainstModelConsumers", epsilon(Observer.MODEL_CONSUMER));
    putEpsilon(json, "epsilonAgainstCoordinator", epsilon(Observer.COORDINATOR));
    putEpsilon(json, "epsilonAgainstCoordinatorOfOneRound", epsilonOfOneRound());
    json.put("delta", request.budget().delta());
    json.put("minimumSurvivors", request.survival().minimumSurvivors());
    json.put("minimumHonest", request.survival().minimumHonest());
    json.put("participantDeviationOverClipNorm", mechanism().localDeviation());
    json.put("valueBits", layout.encoding().valueBits());
    json.put("laneBits", layout.encoding().laneBits());
    json.put("updateBytes", layout.bytes());
    assumptions().forEach(json.putArray("assumptions")::add);
    return json.toString();
  }

  private static void putEpsilon(ObjectNode json, String name, double epsilon) {
    if (Double.isInfinite(epsilon)) {
      json.putNull(name);
    } else {
      json.put(name, epsilon);
    }
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
