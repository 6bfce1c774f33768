package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.RoundSetup;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.random.RandomGenerator;

/** Makes a model's training plan into the rounds to run, each with its signed session. */
final class RoundOrders {
  private final SessionAuthority authority;
  private final RandomGenerator selection;
  private final long inFlightBytes;

  /**
   * @param selection draws cohorts
   * @param inFlightBytes of masked updates that have begun to arrive and are not complete, a round
   */
  RoundOrders(SessionAuthority authority, RandomGenerator selection, long inFlightBytes) {
    this.authority = authority;
    this.selection = selection;
    this.inFlightBytes = inFlightBytes;
  }

  RoundOrder order(RoundOrder.Subject subject, TrainingPlan plan, long bytesSentBefore) {
    UpdateEncoding encoding =
        new UpdateEncoding(
            subject.parameterCount(),
            plan.valueBits(),
            LaneLayout.minimumLaneBits(plan.valueBits(), plan.cohortSize()),
            plan.clipNorm(),
            plan.maximumWeight(),
            plan.maximumLoss());
    UpdateLayout layout = UpdateLayout.of(encoding, plan.cohortSize());
    RoundPlan unsigned =
        new RoundPlan(
            subject.round(),
            subject.base().manifest(),
            plan.training(),
            encoding,
            plan.cohortSize(),
            plan.minimumReports(),
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
