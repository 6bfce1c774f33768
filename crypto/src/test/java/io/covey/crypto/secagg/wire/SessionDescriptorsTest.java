package io.covey.crypto.secagg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whoever was told another plan is in another session. */
class SessionDescriptorsTest {
  private static final FleetId FLEET = new FleetId("fleet");
  private static final LocalTraining TRAINING = new LocalTraining(2, 20, 0.05f, 0.01f);
  private static final UpdateEncoding ENCODING = new UpdateEncoding(1000, 12, 21, 4f, 4095, 10f);
  private static final SecureAggregationTerms TERMS = terms(0.1, 40, Duration.ofSeconds(10));

  @Test
  void bothSidesDeriveTheSameSessionFromAPlanThatWasSent() throws Exception {
    RoundPlan plan = plan(manifest(1), TRAINING, ENCODING, TERMS);
    SessionDescriptor descriptor = SessionDescriptors.of(FLEET, plan, 1003);
    assertThat(SessionDescriptors.of(FLEET, WireSamples.sent(plan), 1003)).isEqualTo(descriptor);
    assertThat(descriptor.cohort()).isEqualTo(new SessionDescriptor.Cohort(5, 8, 7, 6));
    assertThat(descriptor.assumptions().adversary()).isEqualTo(AdversaryModel.SEMI_MALICIOUS);
    assertThat(descriptor.vector().layout().entries()).isEqualTo(1003);
    assertThat(descriptor.vector().maximumWeight()).isEqualTo(4095);
    assertThat(descriptor.phaseTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void theSignatureIsNoPartOfWhatIsSigned() throws Exception {
    RoundPlan plan = plan(manifest(1), TRAINING, ENCODING, TERMS);
    RoundPlan signed = plan.signed(ByteString.copyFrom(new byte[64]));
    RoundPlan other = plan.signed(ByteString.copyFromUtf8("s".repeat(64)));
    assertThat(sessionOf(signed)).isEqualTo(sessionOf(other));
  }

  @Test
  void everyPartOfAPlanMakesAnotherSession() throws Exception {
    List<RoundPlan> plans = new ArrayList<>();
    plans.add(plan(manifest(1), TRAINING, ENCODING, TERMS));
    plans.add(plan(manifest(2), TRAINING, ENCODING, TERMS));
    plans.add(plan(otherGraph(), TRAINING, ENCODING, TERMS));
    plans.add(plan(manifest(1), new LocalTraining(3, 20, 0.05f, 0.01f), ENCODING, TERMS));
    plans.add(plan(manifest(1), new LocalTraining(2, 21, 0.05f, 0.01f), ENCODING, TERMS));
    plans.add(plan(manifest(1), new LocalTraining(2, 20, 0.06f, 0.01f), ENCODING, TERMS));
    plans.add(plan(manifest(1), new LocalTraining(2, 20, 0.05f, 0.02f), ENCODING, TERMS));
    plans.add(plan(manifest(1), TRAINING, new UpdateEncoding(1000, 11, 21, 4f, 2047, 10f), TERMS));
    plans.add(plan(manifest(1), TRAINING, new UpdateEncoding(1000, 12, 22, 4f, 4095, 10f), TERMS));
    plans.add(plan(manifest(1), TRAINING, new UpdateEncoding(1000, 12, 21, 5f, 4095, 10f), TERMS));
    plans.add(plan(manifest(1), TRAINING, new UpdateEncoding(1000, 12, 21, 4f, 4094, 10f), TERMS));
    plans.add(plan(manifest(1), TRAINING, new UpdateEncoding(1000, 12, 21, 4f, 4095, 11f), TERMS));
    plans.add(plan(manifest(1), TRAINING, ENCODING, terms(0.2, 40, Duration.ofSeconds(10))));
    plans.add(plan(manifest(1), TRAINING, ENCODING, terms(0.1, 41, Duration.ofSeconds(10))));
    plans.add(plan(manifest(1), TRAINING, ENCODING, terms(0.1, 40, Duration.ofSeconds(11))));
    Set<Octets> sessions = new HashSet<>();
    for (RoundPlan plan : plans) {
      sessions.add(sessionOf(plan));
    }
    assertThat(sessions).hasSize(plans.size());
    assertThat(SessionDescriptors.of(new FleetId("other"), plans.get(0), 1003).sessionId())
        .isNotIn(sessions);
  }

  /** A participant's least noise is held against this number. */
  @Test
  void theNoiseOfASessionIsRelativeToWhatItHidesAndNotToTheStepThatTheCoordinatorChose()
      throws Exception {
    // The same noise in steps, beside updates that are short, long, and short but all rounding.
    double short1003 = noiseOf(1000, new PrivacyTerms(3, 500, 1000, ByteString.EMPTY));
    double long1003 = noiseOf(1000, new PrivacyTerms(3, 500, 1 << 20, ByteString.EMPTY));
    double rounding = noiseOf(4_000_000, new PrivacyTerms(3, 500, 8, ByteString.EMPTY));
    assertThat(short1003).isBetween(0.45, 0.5);
    assertThat(long1003).isBetween(0.0004, 0.0005);
    assertThat(rounding).isBetween(0.45, 0.5);
    RoundPlan plain = plan(manifest(1), TRAINING, ENCODING, TERMS);
    assertThat(SessionDescriptors.of(FLEET, plain, 1003).vector().noise()).isZero();
  }

  private static double noiseOf(int parameters, PrivacyTerms terms) throws DecodeException {
    UpdateEncoding encoding =
        new UpdateEncoding(parameters, 24, 27, 4f, 1, 10f, Optional.of(terms));
    RoundPlan plan = plan(manifest(1), TRAINING, encoding, TERMS);
    return SessionDescriptors.of(FLEET, plan, parameters + 3).vector().noise();
  }

  @Test
  void partsThatDoNotGoTogetherAreRefused() {
    // Nobody has as many neighbours as the cohort has members.
    RoundPlan odd =
        plan(
            manifest(1),
            TRAINING,
            ENCODING,
            new SecureAggregationTerms(
                8,
                6,
                SecureAggregationTerms.Adversary.SEMI_HONEST,
                0.1,
                0.05,
                40,
                30,
                Duration.ofSeconds(10)));
    assertThatThrownBy(() -> SessionDescriptors.of(FLEET, odd, 1003))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("8 neighbours in a cohort of 8");
  }

  private static Octets sessionOf(RoundPlan plan) throws DecodeException {
    return SessionDescriptors.of(FLEET, plan, 1003).sessionId();
  }

  private static RoundPlan plan(
      ModelManifest base,
      LocalTraining training,
      UpdateEncoding encoding,
      SecureAggregationTerms terms) {
    return new RoundPlan(
        new RoundId("r1"),
        base,
        training,
        encoding,
        8,
        5,
        Duration.ofSeconds(30),
        terms,
        RoundPlan.unsigned());
  }

  private static SecureAggregationTerms terms(double corrupt, int bits, Duration timeout) {
    return new SecureAggregationTerms(
        7, 6, SecureAggregationTerms.Adversary.SEMI_MALICIOUS, corrupt, 0.05, bits, 30, timeout);
  }

  private static ModelManifest manifest(int version) {
    return new ModelManifest(
        new ModelName("digits"),
        new ModelVersion(version),
        List.of(
            artifact(ArtifactReference.Role.GRAPH, 1),
            artifact(ArtifactReference.Role.WEIGHTS, 2)));
  }

  private static ModelManifest otherGraph() {
    return new ModelManifest(
        new ModelName("digits"),
        new ModelVersion(1),
        List.of(
            artifact(ArtifactReference.Role.GRAPH, 3),
            artifact(ArtifactReference.Role.WEIGHTS, 2)));
  }

  private static ArtifactReference artifact(ArtifactReference.Role role, int content) {
    return new ArtifactReference(role, Sha256.of(new byte[content]), 4000, 1000);
  }
}
