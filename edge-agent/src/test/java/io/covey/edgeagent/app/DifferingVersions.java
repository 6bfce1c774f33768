package io.covey.edgeagent.app;

import io.covey.crypto.envelope.DifferenceContent;
import io.covey.crypto.envelope.SealedHeader;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.models.difference.FileDifference;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Versions of a toy that is large enough for differences between them to be smaller. */
final class DifferingVersions {
  private static final int FEATURES = 60;
  private static final byte[] GRAPH = ToyRuntime.file(FEATURES, TestFleet.CLASSES);

  private final TestFleet fleet;

  DifferingVersions(TestFleet fleet) {
    this.fleet = fleet;
  }

  /** What an agent answers that serves weights of {@code value}. */
  static float[] logits(float value) {
    float[] logits = new float[TestFleet.CLASSES];
    Arrays.fill(logits, FEATURES * value);
    return logits;
  }

  static float[] answers(EdgeAgent agent) throws Exception {
    float[] ones = new float[FEATURES];
    Arrays.fill(ones, 1);
    return Objects.requireNonNull(agent.infer(TestFleet.MODEL, ones).get("logits"));
  }

  static byte[] weights(float value) {
    ByteBuffer bytes =
        ByteBuffer.allocate(FEATURES * TestFleet.CLASSES * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  ModelManifest manifest(int version, ArtifactReference weights) {
    return new ModelManifest(
        TestFleet.MODEL,
        new ModelVersion(version),
        List.of(fleet.publishArtifact(Role.GRAPH, GRAPH), weights));
  }

  ModelManifest whole(int version, float value) {
    return manifest(version, fleet.publishArtifact(Role.WEIGHTS, weights(value)));
  }

  /** One whose weights are not published, but for a difference. */
  ModelManifest onlyByDifference(int version, float base, float value) {
    byte[] content = content(weights(base), weights(value), value);
    return manifest(
        version, with(base, value, fleet.publishArtifact(Role.WEIGHTS_DIFFERENCE, content)));
  }

  ArtifactReference with(float base, float value, ArtifactReference difference) {
    return fleet
        .named(Role.WEIGHTS, weights(value))
        .with(new Difference(Sha256.of(weights(base)), difference));
  }

  byte[] content(byte[] base, byte[] file, float headerOf) {
    byte[] sealed =
        fleet
            .sealing
            .seal(TestFleet.MODEL, Role.WEIGHTS, weights(headerOf))
            .content()
            .toByteArray();
    return new DifferenceContent(
            SealedHeader.read(sealed).orElseThrow(),
            FileDifference.between(base, file).orElseThrow())
        .encode();
  }
}
