package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoundOrdersTest {
  private static final long IN_FLIGHT = 1 << 20;

  private final CoordinatorIdentity identity = CoordinatorUnderTest.authority().coordinator();
  private final RoundOrders orders =
      new RoundOrders(
          new SessionAuthority(identity, InstantSource.system()),
          new SplittableRandom(1),
          IN_FLIGHT);

  @Test
  void thePlanIsSignedAndDescribesTheSessionToWhoeverReceivesIt() throws Exception {
    RoundOrder order = order(1000, TrainingPlan.standard());
    RoundPlan plan = order.plan();
    SessionDescriptor derived =
        SessionDescriptors.of(identity.fleet(), plan, order.layout().lanes().entries());
    Octets signature = Octets.owning(plan.signature().toByteArray());
    assertThat(derived).isEqualTo(order.setup().descriptor());
    assertThat(new Ed25519().verify(identity.publicKey(), derived.toBytes(), signature)).isTrue();
  }

  @Test
  void thePlanSaysWhatFollowsFromItsAssumptions() {
    RoundPlan plan = order(1000, TrainingPlan.standard()).plan();
    assertThat(plan.aggregation())
        .isEqualTo(
            new SecureAggregationTerms(
                7,
                6,
                SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
                0.1,
                0.1,
                40,
                30,
                Duration.ofSeconds(30)));
    assertThat(plan.minimumReports()).isEqualTo(4);
    assertThat(plan.cohortSize()).isEqualTo(8);
  }

  /** More reports than the plan asks for are needed to open anything: t and one more. */
  @Test
  void aPrivatePlanThatAsksForFewReportsSaysTheSmallestSumThatItsNoiseIsCountedFor() {
    PrivacyPlan noise = new PrivacyPlan(1, false, Optional.empty());
    TrainingPlan few = TrainingPlan.standard().withPrivacy(Optional.of(noise));
    assertThat(few.minimumReports()).isEqualTo(4);
    RoundOrder order = order(1000, few);
    assertThat(order.plan().minimumReports()).isEqualTo(7);
    assertThat(order.plan().encoding().privacy().orElseThrow().minimumHonest()).isEqualTo(7);
    assertThat(order.setup().descriptor().cohort().minimum()).isEqualTo(7);
  }

  @Test
  void asManyUpdatesAsFitComeInAtOnceAndAtLeastOne() {
    RoundOrder small = order(3 * 1000 - 3, TrainingPlan.standard());
    long update = small.layout().bytes();
    assertThat(small.setup().uploadSlots()).isEqualTo((int) (IN_FLIGHT / update));
    assertThat(order(10_000_000, TrainingPlan.standard()).setup().uploadSlots()).isEqualTo(1);
  }

  @Test
  void everyChunkOfEveryUpdateThatWasGrantedHasRoomToWait() {
    for (int parameters : new int[] {1, 1000, 100_000, 10_000_000}) {
      RoundOrder order = order(parameters, TrainingPlan.standard());
      int chunks = order.setup().descriptor().vector().chunks();
      // Beside them, one message of each other kind, delivered twice.
      assertThat(order.messagesOfOneAgent()).isGreaterThanOrEqualTo(chunks + 12);
      assertThat(order.messageBytes())
          .isGreaterThanOrEqualTo(order.setup().uploadSlots() * order.layout().bytes() + IN_FLIGHT);
    }
    assertThat(order(10_000_000, TrainingPlan.standard()).setup().descriptor().vector().chunks())
        .isGreaterThan(32);
  }

  private RoundOrder order(int parameters, TrainingPlan plan) {
    VersionRecord base =
        new VersionRecord(
            new ModelName("digits"),
            new ModelVersion(1),
            Instant.EPOCH,
            Optional.empty(),
            List.of(
                new ArtifactReference(
                    ArtifactReference.Role.GRAPH, Sha256.of(new byte[1]), 4000, 1000),
                new ArtifactReference(
                    ArtifactReference.Role.WEIGHTS, Sha256.of(new byte[2]), 4000, 1000)),
            Optional.empty(),
            Optional.empty());
    return orders.order(new RoundOrder.Subject(new RoundId("r1"), 1, base, parameters), plan, 0);
  }
}
