package io.covey.protocols.message;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages of sealed artifacts and their keys, with every field set. */
final class SealingSamples {
  private static final ModelName DIGITS = new ModelName("digits");
  private static final ModelName WORDS = new ModelName("words");

  private SealingSamples() {}

  static Map<String, Message> all() {
    Map<String, Message> bodies = new LinkedHashMap<>();
    ModelManifest trainable =
        new ModelManifest(
            DIGITS, version(3), List.of(sealed(Role.GRAPH, 1), sealed(Role.WEIGHTS, 3)));
    ModelManifest plain = plain(WORDS, 4);
    bodies.put(
        "desired-state-sealed",
        new DesiredState(
            19,
            List.of(trainable, plain),
            List.of(key(DIGITS, 1), key(DIGITS, 3), key(WORDS, 1), key(WORDS, 4))));
    bodies.put(
        "round-plan-sealed",
        Samples.roundPlan(plain, new UpdateEncoding(20_000, 12, 21, 4f, 4095, 10f))
            .with(List.of(key(WORDS, 1), key(WORDS, 4))));
    bodies.put("encryption-key-announced", new EncryptionKeyAnnounced(Samples.bytes(3, 1400)));
    bodies.put("group-key-granted", new GroupKeyGranted(1L << 33, Samples.bytes(1, 1169)));
    return bodies;
  }

  /** A version of each kind with samples. */
  static DesiredState desiredWithSamples() {
    ModelManifest trainable =
        new ModelManifest(
            DIGITS,
            version(3),
            List.of(
                sealed(Role.EXPECTED_OUTPUTS, 3),
                sealed(Role.SAMPLE_INPUTS, 1),
                sealed(Role.GRAPH, 1),
                sealed(Role.WEIGHTS, 3)));
    return new DesiredState(20, List.of(trainable, withSamples(WORDS, 4)), List.of());
  }

  private static ModelManifest withSamples(ModelName model, int version) {
    List<ArtifactReference> artifacts = new ArrayList<>(plain(model, version).artifacts());
    artifacts.add(sealed(Role.SAMPLE_INPUTS, 1));
    artifacts.add(sealed(Role.EXPECTED_OUTPUTS, version));
    return new ModelManifest(model, version(version), artifacts);
  }

  /** With everything that a manifest can hold, graph and samples under the first version's key. */
  static ModelManifest fullest(ModelName model, int version) {
    return withServingDifference(withSamples(model, version));
  }

  /** Of both kinds of model, with a difference each. */
  static DesiredState withDifferences() {
    ModelManifest trainable =
        new ModelManifest(
            DIGITS,
            version(3),
            List.of(
                sealed(Role.GRAPH, 1),
                withDifference(sealed(Role.WEIGHTS, 3), Role.WEIGHTS_DIFFERENCE)));
    return new DesiredState(20, List.of(trainable, withServingDifference(plain(WORDS, 4))));
  }

  static ModelManifest withServingDifference(ModelManifest manifest) {
    return new ModelManifest(
        manifest.model(),
        manifest.version(),
        manifest.artifacts().stream()
            .map(
                file ->
                    file.role() == Role.SERVING
                        ? withDifference(file, Role.SERVING_DIFFERENCE)
                        : file)
            .toList());
  }

  static ArtifactReference withDifference(ArtifactReference file, Role role) {
    ModelVersion keyVersion = file.sealing().orElseThrow().keyVersion();
    return file.with(
        new Difference(
            digest("base of " + file.role()),
            new ArtifactReference(
                role,
                digest("sealed difference to " + file.role()),
                30_056,
                Limits.CHUNK_CONTENT_BYTES,
                Optional.of(new Sealing(digest("difference"), 30_000, keyVersion)))));
  }

  /** With every file to serve and to train, the graph under the first version's key. */
  static ModelManifest plain(ModelName model, int version) {
    List<ArtifactReference> artifacts = new ArrayList<>();
    artifacts.add(sealed(Role.GRAPH, 1));
    artifacts.add(sealed(Role.SERVING, version));
    artifacts.add(sealed(Role.PACKED_WEIGHTS, version));
    artifacts.add(sealed(Role.WEIGHTS_DIFFERENCE, version));
    return new ModelManifest(model, version(version), artifacts);
  }

  static WrappedContentKey key(ModelName model, int version) {
    return new WrappedContentKey(
        new KeyName(model, version(version)),
        digest("files of " + version),
        (1L << 33) + version,
        Samples.bytes(version, 81));
  }

  static ArtifactReference sealed(Role role, int keyVersion) {
    return new ArtifactReference(
        role,
        digest("sealed " + role),
        240_072,
        Limits.CHUNK_CONTENT_BYTES,
        Optional.of(new Sealing(digest("plain " + role), 240_000, version(keyVersion))));
  }

  private static Sha256 digest(String content) {
    return Sha256.of(content.getBytes(StandardCharsets.UTF_8));
  }

  private static ModelVersion version(int number) {
    return new ModelVersion(number);
  }
}
