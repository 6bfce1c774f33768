package io.covey.edgeagent.session;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Messages for the tests of this package. */
final class SessionFixtures {
  private SessionFixtures() {}

  static ModelManifest manifest(String model, int version) {
    byte[] content = (model + version).getBytes(StandardCharsets.US_ASCII);
    return new ModelManifest(
        new ModelName(model),
        new ModelVersion(version),
        List.of(new ArtifactReference(Role.GRAPH, Sha256.of(content), content.length, 1024)));
  }

  static DesiredState desired(long revision, ModelManifest... models) {
    return new DesiredState(revision, List.of(models));
  }

  static RoundId round(int number) {
    return new RoundId("r" + number);
  }

  static LocalTraining training() {
    return new LocalTraining(2, 20, 0.1f, 0);
  }

  static UpdateEncoding encoding() {
    return new UpdateEncoding(100, 12, 21, 10, 1000, 10);
  }

  /** Ten seconds a step. */
  static SecureAggregationTerms terms() {
    return new SecureAggregationTerms(
        7,
        6,
        SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
        0.1,
        0.1,
        40,
        30,
        Duration.ofSeconds(10));
  }

  static RoundPlan plan(int number) {
    return plan(number, training(), encoding(), 8);
  }

  static RoundPlan plan(int number, LocalTraining training, UpdateEncoding encoding, int cohort) {
    return plan(number, manifest("digits", 1), training, encoding, cohort);
  }

  /** A round from another base. */
  static RoundPlan plan(int number, ModelManifest base) {
    return plan(number, base, training(), encoding(), 8);
  }

  private static RoundPlan plan(
      int number, ModelManifest base, LocalTraining training, UpdateEncoding encoding, int cohort) {
    return new RoundPlan(
        round(number),
        base,
        training,
        encoding,
        cohort,
        Math.min(3, cohort),
        Duration.ofSeconds(60),
        terms(),
        RoundPlan.unsigned());
  }
}
