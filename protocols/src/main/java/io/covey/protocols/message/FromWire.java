package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.wire.DeclineReason;
import io.covey.protocols.message.wire.ModelStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Protobuf to records. The records' constructors hold the bounds; what they cannot see (an enum
 * that is missing or unknown) is checked here. Throws {@link IllegalArgumentException} only.
 *
 * <p>A message field that is missing reads as one with default values, and every record that can
 * stand there refuses those. Unsigned numbers above the range of their signed Java type read as
 * negative, which every bound refuses.
 */
final class FromWire {
  private FromWire() {}

  static Envelope envelope(io.covey.protocols.message.wire.Envelope wire) {
    return new Envelope(wire.getBootId(), wire.getSequence(), body(wire));
  }

  private static Message body(io.covey.protocols.message.wire.Envelope wire) {
    return switch (wire.getBodyCase()) {
      case PRESENCE -> presence(wire.getPresence());
      case REPORTED_STATE -> reportedState(wire.getReportedState());
      case DESIRED_STATE -> desiredState(wire.getDesiredState());
      case ARTIFACT_CHUNK -> artifactChunk(wire.getArtifactChunk());
      case CHUNKS_WANTED -> chunksWanted(wire.getChunksWanted());
      case ROUND_PLAN -> roundPlan(wire.getRoundPlan());
      case UPDATE_CHUNK -> updateChunk(wire.getUpdateChunk());
      case ROUND_DECLINED -> roundDeclined(wire.getRoundDeclined());
      case ROUND_CLOSED -> roundClosed(wire.getRoundClosed());
      case TELEMETRY -> telemetry(wire.getTelemetry());
      case KEYS_ADVERTISED -> SessionFromWire.keysAdvertised(wire.getKeysAdvertised());
      case ROSTER_PAGE -> SessionFromWire.rosterPage(wire.getRosterPage());
      case SHARES_SEALED -> SessionFromWire.sharesSealed(wire.getSharesSealed());
      case SHARES_DELIVERED -> SessionFromWire.sharesDelivered(wire.getSharesDelivered());
      case INPUT_RECEIPT -> SessionFromWire.inputReceipt(wire.getInputReceipt());
      case UPLOAD_GRANTED -> SessionFromWire.uploadGranted(wire.getUploadGranted());
      case SAY_AGAIN -> SessionFromWire.sayAgain(wire.getSayAgain());
      case SURVIVORS_ANNOUNCED -> SessionFromWire.survivorsAnnounced(wire.getSurvivorsAnnounced());
      case SURVIVORS_CONFIRMED -> SessionFromWire.survivorsConfirmed(wire.getSurvivorsConfirmed());
      case UNMASKING_REQUESTED -> SessionFromWire.unmaskingRequested(wire.getUnmaskingRequested());
      case SHARES_RELEASED -> SessionFromWire.sharesReleased(wire.getSharesReleased());
      case ENCRYPTION_KEY_ANNOUNCED ->
          new EncryptionKeyAnnounced(wire.getEncryptionKeyAnnounced().getCertificate());
      case GROUP_KEY_GRANTED -> groupKeyGranted(wire.getGroupKeyGranted());
      case TRUST_DOCUMENT -> new TrustDocument(wire.getTrustDocument().getSigned());
      case BODY_NOT_SET -> throw new IllegalArgumentException("message without a body");
    };
  }

  private static Presence presence(io.covey.protocols.message.wire.Presence wire) {
    return new Presence(wire.getOnline(), wire.getSoftwareVersion());
  }

  private static ReportedState reportedState(io.covey.protocols.message.wire.ReportedState wire) {
    return new ReportedState(
        wire.getDesiredRevision(),
        wire.getModelsList().stream().map(FromWire::modelState).toList(),
        wire.getCanTrain());
  }

  private static ReportedState.ModelState modelState(
      io.covey.protocols.message.wire.ModelState wire) {
    return new ReportedState.ModelState(
        new ModelName(wire.getModel()),
        new ModelVersion(wire.getVersion()),
        status(wire.getStatus()),
        wire.getDetail());
  }

  private static ReportedState.Status status(ModelStatus wire) {
    return switch (wire) {
      case MODEL_STATUS_FETCHING -> ReportedState.Status.FETCHING;
      case MODEL_STATUS_SERVING -> ReportedState.Status.SERVING;
      case MODEL_STATUS_REFUSED -> ReportedState.Status.REFUSED;
      case MODEL_STATUS_UNSPECIFIED, UNRECOGNIZED -> throw unknown("model status");
    };
  }

  private static DesiredState desiredState(io.covey.protocols.message.wire.DesiredState wire) {
    return new DesiredState(
        wire.getRevision(),
        Stream.concat(
                wire.getModelsList().stream().map(ManifestFromWire::trainable),
                wire.getPlainModelsList().stream().map(ManifestFromWire::plain))
            .toList(),
        ManifestFromWire.keys(wire.getKeysList()),
        wire.getArtifactUrlsList().stream()
            // One more than may be there is enough to be refused.
            .limit(Limits.ARTIFACT_URLS + 1L)
            .map(ArtifactUrl::new)
            .toList());
  }

  private static GroupKeyGranted groupKeyGranted(
      io.covey.protocols.message.wire.GroupKeyGranted wire) {
    return new GroupKeyGranted(wire.getEpoch(), wire.getWrapped());
  }

  private static ArtifactChunk artifactChunk(io.covey.protocols.message.wire.ArtifactChunk wire) {
    return new ArtifactChunk(digest(wire.getSha256()), wire.getIndex(), wire.getContent());
  }

  private static ChunksWanted chunksWanted(io.covey.protocols.message.wire.ChunksWanted wire) {
    return new ChunksWanted(
        new ModelName(wire.getModel()), digest(wire.getSha256()), wire.getChunksList());
  }

  private static RoundPlan roundPlan(io.covey.protocols.message.wire.RoundPlan wire) {
    return new RoundPlan(
        new RoundId(wire.getRound()),
        base(wire),
        localTraining(wire.getTraining()),
        updateEncoding(wire.getEncoding()),
        wire.getCohortSize(),
        wire.getMinimumReports(),
        Duration.ofMillis(wire.getReportingPeriodMillis()),
        SessionFromWire.terms(wire.getAggregation()),
        wire.getSignature(),
        ManifestFromWire.keys(wire.getKeysList()));
  }

  private static ModelManifest base(io.covey.protocols.message.wire.RoundPlan wire) {
    if (wire.hasBase() && wire.hasPlainBase()) {
      throw new IllegalArgumentException("a round has two bases");
    }
    return wire.hasPlainBase()
        ? ManifestFromWire.plain(wire.getPlainBase())
        : ManifestFromWire.trainable(wire.getBase());
  }

  private static LocalTraining localTraining(io.covey.protocols.message.wire.LocalTraining wire) {
    return new LocalTraining(
        wire.getEpochs(), wire.getBatchSize(), wire.getLearningRate(), wire.getProximalMu());
  }

  private static UpdateEncoding updateEncoding(
      io.covey.protocols.message.wire.UpdateEncoding wire) {
    return new UpdateEncoding(
        wire.getParameterCount(),
        wire.getValueBits(),
        wire.getLaneBits(),
        wire.getClipNorm(),
        wire.hasPrivacy() ? weightUnderPrivacy(wire.getMaximumWeight()) : wire.getMaximumWeight(),
        wire.getMaximumLoss(),
        wire.hasPrivacy() ? Optional.of(privacyTerms(wire.getPrivacy())) : Optional.empty());
  }

  /** A weight beside privacy terms would let a receiver that does not know them go on. */
  private static int weightUnderPrivacy(int wire) {
    if (wire != 0) {
      throw new IllegalArgumentException(
          "maximum weight beside privacy terms is " + wire + ", expected none");
    }
    return 1;
  }

  private static PrivacyTerms privacyTerms(io.covey.protocols.message.wire.PrivacyTerms wire) {
    return new PrivacyTerms(
        wire.getMinimumHonest(),
        wire.getNoiseDeviationSteps(),
        wire.getClipSteps(),
        wire.getRotationSeed());
  }

  private static UpdateChunk updateChunk(io.covey.protocols.message.wire.UpdateChunk wire) {
    return new UpdateChunk(
        new RoundId(wire.getRound()), wire.getIndex(), wire.getCount(), wire.getWords());
  }

  private static RoundDeclined roundDeclined(io.covey.protocols.message.wire.RoundDeclined wire) {
    return new RoundDeclined(
        new RoundId(wire.getRound()), reason(wire.getReason()), wire.getDetail());
  }

  private static RoundDeclined.Reason reason(DeclineReason wire) {
    return switch (wire) {
      case DECLINE_REASON_BUSY -> RoundDeclined.Reason.BUSY;
      case DECLINE_REASON_NO_EXAMPLES -> RoundDeclined.Reason.NO_EXAMPLES;
      case DECLINE_REASON_MODEL_UNAVAILABLE -> RoundDeclined.Reason.MODEL_UNAVAILABLE;
      case DECLINE_REASON_PLAN_REFUSED -> RoundDeclined.Reason.PLAN_REFUSED;
      case DECLINE_REASON_TRAINING_FAILED -> RoundDeclined.Reason.TRAINING_FAILED;
      case DECLINE_REASON_UNSPECIFIED, UNRECOGNIZED -> throw unknown("decline reason");
    };
  }

  private static RoundClosed roundClosed(io.covey.protocols.message.wire.RoundClosed wire) {
    return new RoundClosed(new RoundId(wire.getRound()), wire.getCommitted());
  }

  private static Telemetry telemetry(io.covey.protocols.message.wire.Telemetry wire) {
    return new Telemetry(
        wire.getInferences(),
        wire.getFailedInferences(),
        wire.getRoundsJoined(),
        wire.getRoundsReported(),
        wire.getMessagesRefused());
  }

  static Sha256 digest(ByteString wire) {
    // Sha256 checks the length, in the hex digits that it holds.
    return Sha256.fromBytes(wire.toByteArray());
  }

  static IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException(what + " is missing or not known here");
  }
}
