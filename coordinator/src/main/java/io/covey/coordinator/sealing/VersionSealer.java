package io.covey.coordinator.sealing;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.SealedVersion;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.FileSealer;
import io.covey.crypto.envelope.ModelFile;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Seals versions, once for the whole fleet: each with a content key of its own, but for the graph,
 * which stays the same from version to version and is sealed with the first one's, as are the
 * sample inputs while they stay the same. The plain files stay where they are, for training.
 *
 * <p>Blocks; thread-safe.
 */
public final class VersionSealer {
  private final FleetId fleet;
  private final ArtifactStore artifacts;
  private final KeyStore store;
  private final ContentKeys keys;
  private final RandomWords random;
  private final DifferenceMaker differences;

  /**
   * The versions before the one that is sealed.
   *
   * @param trainedFrom whose graph is sealed already
   * @param served what devices hold, so that a difference to it is of use to them
   */
  public record Before(Optional<VersionRecord> trainedFrom, Optional<VersionRecord> served) {
    /** A model's first version, or one of which nobody knows what came before. */
    public static final Before NOTHING = new Before(Optional.empty(), Optional.empty());
  }

  /**
   * @param random draws keys and salts; thread-safe
   */
  VersionSealer(
      FleetId fleet,
      ArtifactStore artifacts,
      KeyStore store,
      ContentKeys keys,
      RandomWords random) {
    this.fleet = fleet;
    this.artifacts = artifacts;
    this.store = store;
    this.keys = keys;
    this.random = random;
    this.differences = new DifferenceMaker(artifacts);
  }

  /**
   * Seals a version whose files are kept, and that nobody was told of yet.
   *
   * @param before sealed versions
   */
  public VersionRecord seal(VersionRecord version, Before before) {
    KeyName name = new KeyName(version.model(), version.version());
    ContentKey key = ContentKey.generate(random);
    List<ArtifactReference> sealed = new ArrayList<>();
    for (ArtifactReference artifact : version.told()) {
      sealed.add(
          sealedBefore(artifact, before.trainedFrom())
              .orElseGet(() -> withDifference(sealed(name, key, artifact), name, key, before)));
    }
    SealedVersion made = new SealedVersion(digestOf(name, sealed), sealed);
    store.addContentKey(name, made.files(), key);
    VersionRecord result = version.with(made);
    keys.hold(
        new ContentKeys.Source(name, made.files(), key, result.isReleased()),
        own(name, sealed).map(ArtifactReference::digest).toList());
    result.manifest().artifacts().stream()
        .map(ArtifactReference::digest)
        .filter(digest -> own(name, sealed).noneMatch(file -> file.digest().equals(digest)))
        .forEach(keys::share);
    return result;
  }

  /**
   * Brings the keys of a version into memory, which has been told of before a restart.
   *
   * @param earlier finds an earlier version of the same model
   * @throws IllegalStateException if the store lacks one
   */
  void recall(VersionRecord version, Function<KeyName, Optional<VersionRecord>> earlier) {
    KeyName own = new KeyName(version.model(), version.version());
    for (Map.Entry<KeyName, ArtifactReference> used : keysOf(version.manifest()).entrySet()) {
      KeyName name = used.getKey();
      Sha256 file = used.getValue().digest();
      if (!keys.holds(file)) {
        VersionRecord owner =
            name.equals(own) ? version : earlier.apply(name).orElseThrow(() -> lost(name));
        SealedVersion files = owner.sealed().orElseThrow(() -> lost(name));
        ContentKey key = store.contentKey(name, files.files()).orElseThrow(() -> lost(name));
        keys.hold(
            new ContentKeys.Source(name, files.files(), key, owner.isReleased()),
            own(name, files.artifacts()).map(ArtifactReference::digest).toList());
      }
      if (!name.equals(own)) {
        keys.share(file);
      }
    }
  }

  private static IllegalStateException lost(KeyName name) {
    return new IllegalStateException(
        "the database lacks the content key of version %s of %s: restore it from a backup"
            .formatted(name.version(), name.model()));
  }

  /** The keys that a version's files are sealed with, in their order, each with such a file. */
  static Map<KeyName, ArtifactReference> keysOf(ModelManifest manifest) {
    Map<KeyName, ArtifactReference> keys = new LinkedHashMap<>();
    for (ArtifactReference artifact : manifest.artifacts()) {
      artifact
          .sealing()
          .map(sealing -> new KeyName(manifest.model(), sealing.keyVersion()))
          .ifPresent(name -> keys.putIfAbsent(name, artifact));
    }
    return keys;
  }

  /** Those that are sealed with the version's own key, in their order. */
  private static Stream<ArtifactReference> own(KeyName name, List<ArtifactReference> sealed) {
    return sealed.stream()
        .filter(
            artifact ->
                artifact.sealing().map(Sealing::keyVersion).equals(Optional.of(name.version())));
  }

  private static Optional<ArtifactReference> sealedBefore(
      ArtifactReference artifact, Optional<VersionRecord> base) {
    if (artifact.role() != Role.GRAPH && artifact.role() != Role.SAMPLE_INPUTS) {
      return Optional.empty();
    }
    return base.flatMap(VersionRecord::sealed)
        .flatMap(
            files ->
                files
                    .artifact(artifact.role())
                    .filter(before -> plaintext(before).equals(Optional.of(artifact.digest())))
                    .filter(before -> keyVersion(before).equals(graphKey(files))));
  }

  private static Optional<Sha256> plaintext(ArtifactReference artifact) {
    return artifact.sealing().map(Sealing::plaintext);
  }

  private static Optional<ModelVersion> keyVersion(ArtifactReference artifact) {
    return artifact.sealing().map(Sealing::keyVersion);
  }

  /** What else is shared is under the graph's key, so that a version takes two keys at most. */
  private static Optional<ModelVersion> graphKey(SealedVersion files) {
    return files.artifact(Role.GRAPH).flatMap(VersionSealer::keyVersion);
  }

  private ArtifactReference withDifference(
      ArtifactReference sealed, KeyName name, ContentKey key, Before before) {
    return before
        .served()
        .flatMap(served -> differences.to(name, sealed, served, (r, d) -> sealed(name, key, r, d)))
        .map(sealed::with)
        .orElse(sealed);
  }

  private ArtifactReference sealed(KeyName name, ContentKey key, ArtifactReference artifact) {
    byte[] plaintext =
        artifacts
            .get(artifact.digest())
            .orElseThrow(() -> new IllegalStateException("no artifact " + artifact.digest()));
    return sealed(name, key, artifact.role(), plaintext);
  }

  private ArtifactReference sealed(KeyName name, ContentKey key, Role role, byte[] plaintext) {
    ModelFile file = new ModelFile(fleet, name.model(), name.version(), SealedArtifact.role(role));
    // No overflow: an artifact has at most 2^29 bytes, and what sealing adds is far less.
    ByteArrayOutputStream sealed =
        new ByteArrayOutputStream((int) SealedLayout.of(plaintext.length).sealedBytes());
    try {
      SealedFile made =
          new FileSealer(random)
              .seal(
                  key,
                  file,
                  new FileSealer.SizedInput(new ByteArrayInputStream(plaintext), plaintext.length),
                  sealed);
      artifacts.put(sealed.toByteArray());
      return new SealedArtifact(file, made).reference(role);
    } catch (IOException e) {
      throw new UncheckedIOException("a file in memory could not be sealed", e);
    }
  }

  private static Sha256 digestOf(KeyName name, List<ArtifactReference> sealed) {
    return ContentBinding.digestOf(own(name, sealed).map(ArtifactReference::digest).toList());
  }
}
