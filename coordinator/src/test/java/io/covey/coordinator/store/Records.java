package io.covey.coordinator.store;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.LocalSteps;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.SealedVersion;
import io.covey.coordinator.registry.ServingForm;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.models.data.Preprocessing;
import io.covey.models.training.loss.LabelForm;
import io.covey.models.training.loss.Loss;
import io.covey.models.weights.WeightForm;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ReportedState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records with every field set to something that would be missed. */
final class Records {
  static final Instant NOW = Instant.parse("2026-03-01T10:15:30.123456Z");
  static final ModelName DIGITS = new ModelName("digits");

  private Records() {}

  static ModelRecord model(ModelName name) {
    return new ModelRecord(name, "ünïcode and 'quotes'; -- :colon ?", NOW);
  }

  /** With a class that is called as a component of it is written. */
  static ModelTask task() {
    return new ModelTask(
        Loss.SOFTMAX_CROSS_ENTROPY,
        LabelForm.DENSE,
        List.of("\"minimumAgreement\":"),
        Preprocessing.IDENTITY,
        LocalSteps.DEFAULT,
        ModelTask.Trainable.ALL,
        new ModelTask.Serving(ServingForm.FLOAT16, 0.9, ModelTask.SelfTest.DEFAULT),
        WeightForm.FLOAT16);
  }

  static VersionRecord version(ModelName model, int number) {
    return new VersionRecord(
        model,
        new ModelVersion(number),
        NOW.plusSeconds(number),
        number == 1 ? Optional.empty() : Optional.of(new RoundId(model + "-" + number)),
        List.of(
            new ArtifactReference(
                ArtifactReference.Role.WEIGHTS, Sha256.of(new byte[number]), 4000 + number, 1000),
            new ArtifactReference(
                ArtifactReference.Role.GRAPH, Sha256.of(new byte[] {1}), 500_000_000L, 99_999)),
        number == 2 ? Optional.of(Sha256.of(new byte[99])) : Optional.empty(),
        number == 1
            ? Optional.empty()
            : Optional.of(new HeldOutEvaluation(0.1 * number, 0.9, 300 + number)));
  }

  static VersionRecord madeAt(VersionRecord version, Instant time) {
    return new VersionRecord(
        version.model(),
        version.version(),
        time,
        version.round(),
        version.artifacts(),
        version.optimizerState(),
        version.evaluation());
  }

  /** The graph under the first version's key, the weights with a difference. */
  static SealedVersion sealedWithDifference(int number) {
    Difference difference =
        new Difference(
            Sha256.of(new byte[number + 20]),
            sealed(Role.WEIGHTS_DIFFERENCE, 900 + number, number));
    return new SealedVersion(
        Sha256.of(new byte[number + 30]),
        List.of(
            sealed(Role.GRAPH, 500_000, 1),
            sealed(Role.WEIGHTS, 4000 + number, number).with(difference)));
  }

  private static ArtifactReference sealed(Role role, int plaintextBytes, int keyVersion) {
    return new ArtifactReference(
        role,
        Sha256.of(new byte[plaintextBytes + 1]),
        plaintextBytes + 56,
        Limits.CHUNK_CONTENT_BYTES,
        Optional.of(
            new Sealing(
                Sha256.of(new byte[plaintextBytes]),
                plaintextBytes,
                new ModelVersion(keyVersion))));
  }

  static RoundRecord running(int number) {
    return round(number, RoundRecord.State.RUNNING, Optional.empty(), Optional.empty());
  }

  static RoundRecord failed(int number, FailureReason reason) {
    return round(number, RoundRecord.State.FAILED, Optional.of(reason), Optional.empty());
  }

  static RoundRecord committed(int number) {
    return round(
        number,
        RoundRecord.State.COMMITTED,
        Optional.empty(),
        Optional.of(new RoundRecord.Outcome(0.25, 0.5, Double.NaN, Double.NaN)));
  }

  private static RoundRecord round(
      int number,
      RoundRecord.State state,
      Optional<FailureReason> failure,
      Optional<RoundRecord.Outcome> outcome) {
    return new RoundRecord(
        new RoundId("digits-r" + number),
        DIGITS,
        number,
        new ModelVersion(number),
        state,
        failure,
        outcome.map(o -> new ModelVersion(number + 1)),
        8,
        6,
        Map.of(DropReason.DEADLINE, number, DropReason.DECLINED_BUSY, 1),
        outcome,
        5_000_000_000L + number,
        6_000_000_000L,
        NOW,
        state == RoundRecord.State.RUNNING ? Optional.empty() : Optional.of(NOW.plusMillis(5)));
  }

  static AgentRecord agent(String id, long sequence) {
    return new AgentRecord(
        new AgentId(id),
        sequence % 2 == 0,
        "1.0",
        "boot",
        sequence,
        7,
        6,
        List.of(
            new ReportedState.ModelState(
                DIGITS, new ModelVersion(2), ReportedState.Status.SERVING, ""),
            new ReportedState.ModelState(
                DIGITS, new ModelVersion(3), ReportedState.Status.REFUSED, "a \"bad\" file\n")),
        true,
        NOW,
        NOW.plusSeconds(sequence));
  }
}
