package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.wire.DeclineReason;
import io.covey.protocols.message.wire.ModelStatus;

/** Records to protobuf: field by field, nothing decided here. */
final class ToWire {
  private ToWire() {}

  static io.covey.protocols.message.wire.Envelope envelope(Envelope envelope) {
    var wire =
        io.covey.protocols.message.wire.Envelope.newBuilder()
            .setMajor(MessageCodec.MAJOR_VERSION)
            .setMinor(MessageCodec.MINOR_VERSION)
            .setBootId(envelope.bootId())
            .setSequence(envelope.sequence());
    setBody(wire, envelope.body());
    return wire.build();
  }

  private static void setBody(
      io.covey.protocols.message.wire.Envelope.Builder wire, Message message) {
    if (message instanceof Presence body) {
      wire.setPresence(presence(body));
    } else if (message instanceof ReportedState body) {
      wire.setReportedState(reportedState(body));
    } else if (message instanceof DesiredState body) {
      wire.setDesiredState(desiredState(body));
    } else if (message instanceof ArtifactChunk body) {
      wire.setArtifactChunk(artifactChunk(body));
    } else if (message instanceof ChunksWanted body) {
      wire.setChunksWanted(chunksWanted(body));
    } else if (message instanceof RoundPlan body) {
      wire.setRoundPlan(roundPlan(body));
    } else if (message instanceof UpdateChunk body) {
      wire.setUpdateChunk(updateChunk(body));
    } else if (message instanceof RoundDeclined body) {
      wire.setRoundDeclined(roundDeclined(body));
    } else if (message instanceof RoundClosed body) {
      wire.setRoundClosed(roundClosed(body));
    } else if (message instanceof Telemetry body) {
      wire.setTelemetry(telemetry(body));
    } else if (message instanceof EncryptionKeyAnnounced body) {
      wire.setEncryptionKeyAnnounced(encryptionKeyAnnounced(body));
    } else if (message instanceof GroupKeyGranted body) {
      wire.setGroupKeyGranted(groupKeyGranted(body));
    } else if (message instanceof TrustDocument body) {
      wire.setTrustDocument(trustDocument(body));
    } else if (!SessionToWire.setBody(wire, message)) {
      // Message is sealed; a test encodes one of every permitted type.
      throw new IllegalStateException("no wire form for " + message.getClass());
    }
  }

  private static io.covey.protocols.message.wire.TrustDocument trustDocument(TrustDocument body) {
    return io.covey.protocols.message.wire.TrustDocument.newBuilder()
        .setSigned(body.signed())
        .build();
  }

  private static io.covey.protocols.message.wire.Presence presence(Presence body) {
    return io.covey.protocols.message.wire.Presence.newBuilder()
        .setOnline(body.online())
        .setSoftwareVersion(body.softwareVersion())
        .build();
  }

  private static io.covey.protocols.message.wire.ReportedState reportedState(ReportedState body) {
    return io.covey.protocols.message.wire.ReportedState.newBuilder()
        .setDesiredRevision(body.desiredRevision())
        .addAllModels(body.models().stream().map(ToWire::modelState).toList())
        .setCanTrain(body.canTrain())
        .build();
  }

  private static io.covey.protocols.message.wire.ModelState modelState(
      ReportedState.ModelState state) {
    return io.covey.protocols.message.wire.ModelState.newBuilder()
        .setModel(state.model().value())
        .setVersion(state.version().number())
        .setStatus(
            switch (state.status()) {
              case FETCHING -> ModelStatus.MODEL_STATUS_FETCHING;
              case SERVING -> ModelStatus.MODEL_STATUS_SERVING;
              case REFUSED -> ModelStatus.MODEL_STATUS_REFUSED;
            })
        .setDetail(state.detail())
        .build();
  }

  private static io.covey.protocols.message.wire.DesiredState desiredState(DesiredState body) {
    var wire =
        io.covey.protocols.message.wire.DesiredState.newBuilder().setRevision(body.revision());
    for (ModelManifest model : body.models()) {
      if (model.isPlain()) {
        wire.addPlainModels(ManifestToWire.plain(model));
      } else {
        wire.addModels(ManifestToWire.trainable(model));
      }
    }
    body.artifactUrls().forEach(url -> wire.addArtifactUrls(url.text()));
    return wire.addAllKeys(ManifestToWire.keys(body.keys())).build();
  }

  private static io.covey.protocols.message.wire.EncryptionKeyAnnounced encryptionKeyAnnounced(
      EncryptionKeyAnnounced body) {
    return io.covey.protocols.message.wire.EncryptionKeyAnnounced.newBuilder()
        .setCertificate(body.certificate())
        .build();
  }

  private static io.covey.protocols.message.wire.GroupKeyGranted groupKeyGranted(
      GroupKeyGranted body) {
    return io.covey.protocols.message.wire.GroupKeyGranted.newBuilder()
        .setEpoch(body.epoch())
        .setWrapped(body.wrapped())
        .build();
  }

  private static io.covey.protocols.message.wire.ArtifactChunk artifactChunk(ArtifactChunk body) {
    return io.covey.protocols.message.wire.ArtifactChunk.newBuilder()
        .setSha256(digest(body.digest()))
        .setIndex(body.index())
        .setContent(body.content())
        .build();
  }

  private static io.covey.protocols.message.wire.ChunksWanted chunksWanted(ChunksWanted body) {
    return io.covey.protocols.message.wire.ChunksWanted.newBuilder()
        .setModel(body.model().value())
        .setSha256(digest(body.artifact()))
        .addAllChunks(body.chunks())
        .build();
  }

  static io.covey.protocols.message.wire.RoundPlan roundPlan(RoundPlan body) {
    var wire =
        io.covey.protocols.message.wire.RoundPlan.newBuilder()
            .setRound(body.round().value())
            .setTraining(localTraining(body.training()))
            .setEncoding(updateEncoding(body.encoding()))
            .setCohortSize(body.cohortSize())
            .setMinimumReports(body.minimumReports())
            .setReportingPeriodMillis(body.reportingPeriod().toMillis())
            .setAggregation(SessionToWire.terms(body.aggregation()))
            .setSignature(body.signature())
            .addAllKeys(ManifestToWire.keys(body.keys()));
    if (body.base().isPlain()) {
      wire.setPlainBase(ManifestToWire.plain(body.base()));
    } else {
      wire.setBase(ManifestToWire.trainable(body.base()));
    }
    return wire.build();
  }

  private static io.covey.protocols.message.wire.LocalTraining localTraining(
      LocalTraining training) {
    return io.covey.protocols.message.wire.LocalTraining.newBuilder()
        .setEpochs(training.epochs())
        .setBatchSize(training.batchSize())
        .setLearningRate(training.learningRate())
        .setProximalMu(training.proximalMu())
        .build();
  }

  private static io.covey.protocols.message.wire.UpdateEncoding updateEncoding(
      UpdateEncoding encoding) {
    var wire =
        io.covey.protocols.message.wire.UpdateEncoding.newBuilder()
            .setParameterCount(encoding.parameterCount())
            .setValueBits(encoding.valueBits())
            .setLaneBits(encoding.laneBits())
            .setClipNorm(encoding.clipNorm())
            .setMaximumLoss(encoding.maximumLoss());
    encoding
        .privacy()
        .ifPresentOrElse(
            terms -> wire.setPrivacy(privacyTerms(terms)),
            () -> wire.setMaximumWeight(encoding.maximumWeight()));
    return wire.build();
  }

  private static io.covey.protocols.message.wire.PrivacyTerms privacyTerms(PrivacyTerms terms) {
    return io.covey.protocols.message.wire.PrivacyTerms.newBuilder()
        .setMinimumHonest(terms.minimumHonest())
        .setNoiseDeviationSteps(terms.noiseDeviationSteps())
        .setClipSteps(terms.clipSteps())
        .setRotationSeed(terms.rotationSeed())
        .build();
  }

  private static io.covey.protocols.message.wire.UpdateChunk updateChunk(UpdateChunk body) {
    return io.covey.protocols.message.wire.UpdateChunk.newBuilder()
        .setRound(body.round().value())
        .setIndex(body.index())
        .setCount(body.count())
        .setWords(body.words())
        .build();
  }

  private static io.covey.protocols.message.wire.RoundDeclined roundDeclined(RoundDeclined body) {
    return io.covey.protocols.message.wire.RoundDeclined.newBuilder()
        .setRound(body.round().value())
        .setReason(
            switch (body.reason()) {
              case BUSY -> DeclineReason.DECLINE_REASON_BUSY;
              case NO_EXAMPLES -> DeclineReason.DECLINE_REASON_NO_EXAMPLES;
              case MODEL_UNAVAILABLE -> DeclineReason.DECLINE_REASON_MODEL_UNAVAILABLE;
              case PLAN_REFUSED -> DeclineReason.DECLINE_REASON_PLAN_REFUSED;
              case TRAINING_FAILED -> DeclineReason.DECLINE_REASON_TRAINING_FAILED;
            })
        .setDetail(body.detail())
        .build();
  }

  private static io.covey.protocols.message.wire.RoundClosed roundClosed(RoundClosed body) {
    return io.covey.protocols.message.wire.RoundClosed.newBuilder()
        .setRound(body.round().value())
        .setCommitted(body.committed())
        .build();
  }

  private static io.covey.protocols.message.wire.Telemetry telemetry(Telemetry body) {
    return io.covey.protocols.message.wire.Telemetry.newBuilder()
        .setInferences(body.inferences())
        .setFailedInferences(body.failedInferences())
        .setRoundsJoined(body.roundsJoined())
        .setRoundsReported(body.roundsReported())
        .setMessagesRefused(body.messagesRefused())
        .build();
  }

  static ByteString digest(Sha256 digest) {
    return ByteString.copyFrom(digest.toBytes());
  }
}
