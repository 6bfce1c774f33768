package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.RoundSetup;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.PrivacyDemand;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes a model's training plan into the rounds to run, each with its signed session. */
final class RoundOrders {
  private final SessionAuthority authority;
  private final RandomGenerator selection;
  private final long inFlightBytes;

  /**
   * @param selection draws cohorts, ids of rounds and seeds of rotations
   * @param inFlightBytes of masked updates that have begun to arrive and are not complete, a round
   */
  RoundOrders(SessionAuthority authority, RandomGenerator selection, long inFlightBytes) {
    this.authority = authority;
    this.selection = selection;
    this.inFlightBytes = inFlightBytes;
  }

  /** Names the model, counts, and cannot be guessed or used twice. */
  RoundId freshId(ModelName model, int number) {
    byte[] suffix = new byte[4];
    selection.nextBytes(suffix);
    return new RoundId("%s-%06d-%s".formatted(model, number, HexFormat.of().formatHex(suffix)));
  }

  RoundOrder order(RoundOrder.Subject subject, TrainingPlan plan, long bytesSentBefore) {
    UpdateEncoding encoding = encoding(subject.parameterCount(), plan);
    UpdateLayout layout = UpdateLayout.of(encoding, plan.cohortSize());
    RoundPlan unsigned =
        new RoundPlan(
            subject.round(),
            subject.base().manifest().withoutSamples(),
            plan.training(),
            encoding,
            plan.cohortSize(),
            minimumReports(plan),
            plan.reportingPeriod(),
            terms(plan),
            RoundPlan.unsigned());
    SessionDescriptor descriptor = descriptorOf(unsigned, layout);
    ByteString signature = ByteString.copyFrom(authority.sign(descriptor.toBytes()).toBytes());
    RoundSetup setup =
        new RoundSetup(plan, descriptor, authority.primitives(), slots(layout), selection);
    return new RoundOrder(
        subject,
        unsigned.signed(signature),
        layout,
        setup,
        new RoundOrder.Bounds(inFlightBytes, bytesSentBefore));
  }

  /**
   * How updates of a plan travel; with privacy and rotation by a fresh seed each time.
   *
   * @throws IllegalArgumentException if no encoding holds the noise that the plan asks for
   */
  private UpdateEncoding encoding(int parameterCount, TrainingPlan plan) {
    return encoding(parameterCount, plan, rotationSeed(plan));
  }

  /**
   * The same, with zeros in place of a seed: for its costs, which depend on no seed. Any thread.
   */
  static UpdateEncoding unseededEncoding(int parameterCount, TrainingPlan plan) {
    return encoding(
        parameterCount,
        plan,
        isRotated(plan)
            ? ByteString.copyFrom(new byte[PrivacyTerms.ROTATION_SEED_BYTES])
            : ByteString.EMPTY);
  }

  private static UpdateEncoding encoding(int parameterCount, TrainingPlan plan, ByteString seed) {
    UpdateEncoding plain =
        new UpdateEncoding(
            parameterCount,
            plan.valueBits(),
            LaneLayout.minimumLaneBits(plan.valueBits(), plan.cohortSize()),
            plan.clipNorm(),
            plan.maximumWeight(),
            plan.maximumLoss());
    return plan.privacy()
        .map(p -> new PrivacyDemand(p.noiseMultiplier(), plan.minimumHonest(), seed))
        .map(demand -> demand.applyTo(plain, plan.cohortSize()))
        .orElse(plain);
  }

  private static boolean isRotated(TrainingPlan plan) {
    return plan.privacy().filter(PrivacyPlan::rotated).isPresent();
  }

  /** Public, but fresh: nobody should be able to fit a model to it. */
  private ByteString rotationSeed(TrainingPlan plan) {
    if (!isRotated(plan)) {
      return ByteString.EMPTY;
    }
    byte[] seed = new byte[PrivacyTerms.ROTATION_SEED_BYTES];
    selection.nextBytes(seed);
    return ByteString.copyFrom(seed);
  }

  /**
   * With noise, the smallest sum that opens, which noise is counted for; participants refuse terms
   * that count on more of them than reports.
   */
  private static int minimumReports(TrainingPlan plan) {
    return plan.privacy().isPresent() ? plan.smallestSum() : plan.minimumReports();
  }

  private SessionDescriptor descriptorOf(RoundPlan plan, UpdateLayout layout) {
    try {
      return SessionDescriptors.of(authority.identity().fleet(), plan, layout.lanes().entries());
    } catch (DecodeException e) {
      // The training plan's own checks leave nothing that could be out of range here.
      throw new IllegalStateException("a plan that describes no session", e);
    }
  }

  private static SecureAggregationTerms terms(TrainingPlan plan) {
    SecAggParameters parameters = plan.parameters();
    AggregationPlan aggregation = plan.aggregation();
    return new SecureAggregationTerms(
        parameters.neighbours(),
        parameters.threshold(),
        switch (aggregation.adversary()) {
          case SEMI_HONEST -> SecureAggregationTerms.Adversary.SEMI_HONEST;
          case SEMI_MALICIOUS -> SecureAggregationTerms.Adversary.SEMI_MALICIOUS;
        },
        aggregation.corruptFraction(),
        aggregation.dropoutFraction(),
        aggregation.privacyBits(),
        aggregation.correctnessBits(),
        aggregation.stepPeriod());
  }

  private int slots(UpdateLayout layout) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, inFlightBytes / layout.bytes()));
  }
}
