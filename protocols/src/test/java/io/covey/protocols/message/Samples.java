package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One message of every type, and of every enum value, with every field set. */
final class Samples {
  private static final Sha256 GRAPH = Sha256.of("graph".getBytes(StandardCharsets.UTF_8));
  private static final Sha256 WEIGHTS = Sha256.of("weights".getBytes(StandardCharsets.UTF_8));
  private static final RoundId ROUND = new RoundId("digits-7");
  private static final ModelName DIGITS = new ModelName("digits");

  private static final ByteString PRIVACY_SEED =
      ByteString.copyFromUtf8("0123456789abcdef0123456789ABCDEF");

  private Samples() {}

  /** By a name that tells them apart; each in an envelope of its own. */
  static Map<String, Envelope> all() {
    Map<String, Message> bodies = new LinkedHashMap<>();
    bodies.put("presence-birth", new Presence(true, "0.1.0"));
    bodies.put("presence-death", new Presence(false, ""));
    bodies.put("reported-state", reportedState());
    bodies.put("desired-state", new DesiredState(1L << 40, List.of(manifest())));
    bodies.put("desired-state-empty", new DesiredState(0, List.of()));
    bodies.put(
        "artifact-chunk",
        new ArtifactChunk(WEIGHTS, 3, ByteString.copyFrom(new byte[] {-1, 0, 1})));
    bodies.put("round-plan", roundPlan(new UpdateEncoding(20_000, 12, 21, 4f, 4095, 10f)));
    bodies.put(
        "update-chunk",
        new UpdateChunk(ROUND, 1, 2, ByteString.copyFrom(new byte[] {8, 7, 6, 5, 4, 3, 2, -1})));
    for (RoundDeclined.Reason reason : RoundDeclined.Reason.values()) {
      bodies.put(
          "round-declined-" + reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          new RoundDeclined(ROUND, reason, "no “r” in this month"));
    }
    bodies.put("round-closed", new RoundClosed(ROUND, true));
    bodies.put("telemetry", new Telemetry(1, 2, 3, 4, Long.MAX_VALUE));
    bodies.putAll(SessionSamples.all(ROUND));
    // Behind the others, whose sequence numbers depend on their place.
    bodies.put("round-plan-private", roundPlan(privateEncoding(PRIVACY_SEED)));
    bodies.put("round-plan-private-unrotated", roundPlan(privateEncoding(ByteString.EMPTY)));
    bodies.put("say-again", new SayAgain(ROUND));
    bodies.put("desired-state-plain", new DesiredState(18, List.of(manifest(), plainManifest())));
    bodies.put(
        "round-plan-plain",
        roundPlan(unreleased(), new UpdateEncoding(20_000, 12, 21, 4f, 4095, 10f)));
    bodies.putAll(SealingSamples.all());
    bodies.put("trust-document", new TrustDocument(bytes(1, 5)));
    Map<String, Envelope> envelopes = new LinkedHashMap<>();
    bodies.forEach(
        (name, body) -> envelopes.put(name, new Envelope("boot-1", envelopes.size() + 5, body)));
    envelopes.put(
        "chunks-wanted",
        new Envelope("boot-1", 60, new ChunksWanted(DIGITS, WEIGHTS, List.of(0, 3, 65_535))));
    envelopes.put(
        "desired-state-https",
        new Envelope(
            "boot-1",
            61,
            new DesiredState(
                20,
                List.of(manifest()),
                List.of(),
                List.of(
                    new ArtifactUrl("https://models.example:8464"),
                    new ArtifactUrl("https://[2001:db8::1]:8464/covey")))));
    envelopes.put(
        "desired-state-samples", new Envelope("boot-1", 61, SealingSamples.desiredWithSamples()));
    envelopes.put(
        "desired-state-differences", new Envelope("boot-1", 62, SealingSamples.withDifferences()));
    return envelopes;
  }

  /** Bytes that count up from {@code first}. */
  static ByteString bytes(int first, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return ByteString.copyFrom(bytes);
  }

  private static ReportedState reportedState() {
    return new ReportedState(
        17,
        List.of(
            new ReportedState.ModelState(
                DIGITS, new ModelVersion(2), ReportedState.Status.SERVING, ""),
            new ReportedState.ModelState(
                DIGITS, new ModelVersion(3), ReportedState.Status.FETCHING, ""),
            new ReportedState.ModelState(
                new ModelName("words"),
                new ModelVersion(1),
                ReportedState.Status.REFUSED,
                "it does not load")),
        true);
  }

  private static ModelManifest manifest() {
    return new ModelManifest(
        DIGITS,
        new ModelVersion(3),
        List.of(
            new ArtifactReference(ArtifactReference.Role.GRAPH, GRAPH, 300_000, 120_000),
            new ArtifactReference(ArtifactReference.Role.WEIGHTS, WEIGHTS, 80_000, 120_000)));
  }

  private static UpdateEncoding privateEncoding(ByteString rotationSeed) {
    return new UpdateEncoding(
        20_000, 12, 15, 4f, 1, 10f, Optional.of(new PrivacyTerms(4, 120, 500, rotationSeed)));
  }

  private static ModelManifest plainManifest() {
    List<ArtifactReference> artifacts = new ArrayList<>(unreleased().artifacts());
    artifacts.add(file(ArtifactReference.Role.SERVING, 90_000));
    artifacts.add(file(ArtifactReference.Role.WEIGHTS_DIFFERENCE, 9_000));
    return new ModelManifest(new ModelName("words"), new ModelVersion(4), artifacts);
  }

  /** Of the first version, which was not released: nothing to serve, and no difference. */
  private static ModelManifest unreleased() {
    return new ModelManifest(
        new ModelName("words"),
        new ModelVersion(1),
        List.of(
            file(ArtifactReference.Role.PACKED_WEIGHTS, 20_000),
            file(ArtifactReference.Role.GRAPH, 400_000)));
  }

  private static ArtifactReference file(ArtifactReference.Role role, long lengthBytes) {
    return new ArtifactReference(
        role, Sha256.of(role.name().getBytes(StandardCharsets.UTF_8)), lengthBytes, 120_000);
  }

  private static RoundPlan roundPlan(UpdateEncoding encoding) {
    return roundPlan(manifest(), encoding);
  }

  static RoundPlan roundPlan(ModelManifest base, UpdateEncoding encoding) {
    return new RoundPlan(
        ROUND,
        base,
        new LocalTraining(2, 20, 0.05f, 0.01f),
        encoding,
        8,
        5,
        Duration.ofSeconds(30),
        SessionSamples.terms(),
        bytes(9, 64));
  }
}
