package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.privacy.DistributedGaussian;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The session that a round's plan describes. Coordinator and participants derive it alike, each
 * from the plan as it has it; nothing of it is said twice.
 */
public final class SessionDescriptors {
  private SessionDescriptors() {}

  /**
   * The descriptor of a plan.
   *
   * @param fleet as the caller's own configuration names it
   * @param entries of the vector: the plan's parameters and the metrics behind them
   * @throws DecodeException if the parts of the plan do not go together
   */
  public static SessionDescriptor of(FleetId fleet, RoundPlan plan, int entries)
      throws DecodeException {
    try {
      return new SessionDescriptor(
          fleet,
          plan.round(),
          modelOf(plan.base()),
          vectorOf(plan.encoding(), entries),
          cohortOf(plan),
          assumptionsOf(plan.aggregation()),
          plan.aggregation().phaseTimeout(),
          termsOf(plan));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(
          DecodeException.Kind.OUT_OF_RANGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The model that a manifest names: every artifact's role and digest goes into its digest. */
  public static SessionDescriptor.Model modelOf(ModelManifest manifest) {
    MessageDigest digest = Sha256.newDigest();
    for (ArtifactReference artifact : manifest.artifacts()) {
      // One name is no beginning of another, and the digest behind it has one length.
      digest.update(artifact.role().name().getBytes(StandardCharsets.US_ASCII));
      digest.update(artifact.digest().toBytes());
    }
    return new SessionDescriptor.Model(
        manifest.model(), manifest.version(), Sha256.fromBytes(digest.digest()));
  }

  private static SessionDescriptor.Vector vectorOf(UpdateEncoding encoding, int entries) {
    return new SessionDescriptor.Vector(
        new LaneLayout(entries, encoding.valueBits(), encoding.laneBits()),
        Limits.CHUNK_WORDS,
        encoding.clipNorm(),
        encoding.maximumWeight(),
        noiseOf(encoding));
  }

  /** Relative to what it hides: how long a step is, the coordinator may choose as it likes. */
  private static double noiseOf(UpdateEncoding encoding) {
    return encoding.privacy().isPresent() ? DistributedGaussian.of(encoding).localMultiplier() : 0;
  }

  private static SessionDescriptor.Cohort cohortOf(RoundPlan plan) {
    return new SessionDescriptor.Cohort(
        plan.minimumReports(),
        plan.cohortSize(),
        plan.aggregation().neighbours(),
        plan.aggregation().threshold());
  }

  private static SecAggAssumptions assumptionsOf(SecureAggregationTerms terms) {
    return new SecAggAssumptions(
        switch (terms.adversary()) {
          case SEMI_HONEST -> AdversaryModel.SEMI_HONEST;
          case SEMI_MALICIOUS -> AdversaryModel.SEMI_MALICIOUS;
        },
        terms.corruptFraction(),
        terms.dropoutFraction(),
        terms.privacyBits(),
        terms.correctnessBits());
  }

  private static Octets termsOf(RoundPlan plan) {
    ByteString content = MessageCodec.contentOf(plan);
    return Octets.owning(Sha256.of(content.asReadOnlyByteBuffer()).toBytes());
  }
}
