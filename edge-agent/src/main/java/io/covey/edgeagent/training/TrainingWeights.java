package io.covey.edgeagent.training;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.RandomWords;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.sealing.ArtifactOpener;
import io.covey.edgeagent.sealing.OwnFiles;
import io.covey.models.graph.ModelException;
import io.covey.models.weights.PublishedWeights;
import io.covey.models.weights.TensorLengths;
import io.covey.models.weights.WeightsFile;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The weights of plain models that the agent trained from last, so that the next version's can be
 * fetched as a difference to them.
 *
 * <p>They lie in the cache, whole and sealed, as a file that the agent writes itself: another one
 * than the coordinator's where two libraries deflate the same content differently, but of the same
 * values. What is held is forgotten when the agent ends, and then fetched whole. Thread-safe.
 */
public final class TrainingWeights {
  private final ArtifactCache cache;
  private final ArtifactOpener opener;
  private final OwnFiles own;
  private final Map<ModelName, Held> held = new ConcurrentHashMap<>();

  /** Files on their way into the cache, before they are held. */
  private final Set<Sha256> arriving = ConcurrentHashMap.newKeySet();

  /** Never taken by {@link #contains}, which the cache asks under a lock of its own. */
  private final Object taking = new Object();

  /** The whole weights of a version, in the cache. */
  private record Held(ModelVersion version, ArtifactReference file, Origin origin) {}

  /** Who made a file, and so whose key opens it. */
  private enum Origin {
    COORDINATOR,
    AGENT
  }

  /**
   * None yet.
   *
   * @param random for the key of what the agent keeps itself; becomes this object's alone
   */
  public TrainingWeights(ArtifactCache cache, ArtifactOpener opener, RandomWords random) {
    this.cache = cache;
    this.opener = opener;
    this.own = new OwnFiles(opener, random);
  }

  /** Wipes the key of what the agent kept itself. */
  public void close() {
    own.close();
  }

  /** What has to be fetched to train from a version of a plain model: its graph, and the less. */
  public List<ArtifactReference> needed(ModelManifest manifest) {
    ArtifactReference graph = artifact(manifest, Role.GRAPH);
    if (heldVersion(manifest).equals(Optional.of(manifest.version()))) {
      return List.of(graph);
    }
    return List.of(graph, difference(manifest).orElse(artifact(manifest, Role.PACKED_WEIGHTS)));
  }

  /** Whether the file is what some model trained from last. */
  public boolean contains(Sha256 digest) {
    return arriving.contains(digest)
        || held.values().stream().anyMatch(last -> last.file().digest().equals(digest));
  }

  /**
   * The values of a version, of which everything {@link #needed} is in the cache; they are held
   * from now on. Blocks.
   *
   * @throws IOException when a file is missing
   * @throws ModelException when one is damaged; then nothing is held, so that the next attempt
   *     fetches the whole
   */
  public float[] take(ModelManifest manifest, TensorLengths lengths) throws IOException {
    synchronized (taking) {
      try {
        return takeAlone(manifest, lengths);
      } catch (ModelException e) {
        held.remove(manifest.model());
        throw e;
      }
    }
  }

  private float[] takeAlone(ModelManifest manifest, TensorLengths lengths) throws IOException {
    Optional<ArtifactReference> difference = difference(manifest);
    Held last = held.get(manifest.model());
    ArtifactReference whole = artifact(manifest, Role.PACKED_WEIGHTS);
    if (last != null && last.version().equals(manifest.version())) {
      return WeightsFile.readWhole(read(manifest, last), lengths).values();
    }
    if (last == null || difference.isEmpty()) {
      float[] values =
          WeightsFile.readWhole(opener.read(manifest.model(), whole), lengths).values();
      held.put(manifest.model(), new Held(manifest.version(), whole, Origin.COORDINATOR));
      return values;
    }
    PublishedWeights base = WeightsFile.readWhole(read(manifest, last), lengths);
    PublishedWeights weights =
        WeightsFile.readDifference(opener.read(manifest.model(), difference.get()), base);
    hold(manifest, WeightsFile.whole(weights));
    return weights.values();
  }

  private Optional<ModelVersion> heldVersion(ModelManifest manifest) {
    return Optional.ofNullable(held.get(manifest.model())).map(Held::version);
  }

  /** The version's difference, when the agent holds what it adds to. */
  private Optional<ArtifactReference> difference(ModelManifest manifest) {
    return heldVersion(manifest)
        .filter(version -> version.next().equals(manifest.version()))
        .flatMap(version -> manifest.artifact(Role.WEIGHTS_DIFFERENCE));
  }

  private static ArtifactReference artifact(ModelManifest manifest, Role role) {
    return manifest
        .artifact(role)
        .orElseThrow(() -> new IllegalArgumentException("a plain version without " + role));
  }

  private byte[] read(ModelManifest manifest, Held last) throws IOException {
    return switch (last.origin()) {
      case COORDINATOR -> opener.read(manifest.model(), last.file());
      case AGENT -> own.read(manifest.model(), last.file());
    };
  }

  private void hold(ModelManifest manifest, byte[] file) throws IOException {
    OwnFiles.Made made = own.seal(manifest.model(), manifest.version(), file);
    ArtifactReference reference = made.reference();
    arriving.add(reference.digest());
    try {
      if (!cache.contains(reference)) {
        store(reference, made.content());
      }
      held.put(manifest.model(), new Held(manifest.version(), reference, Origin.AGENT));
    } finally {
      arriving.remove(reference.digest());
    }
  }

  private void store(ArtifactReference reference, ByteString content) throws IOException {
    ArtifactCache.Staging staging = cache.stage(reference);
    for (int chunk = 0; chunk < reference.chunkCount(); chunk++) {
      int from = Math.multiplyExact(chunk, reference.chunkSizeBytes());
      staging.write(chunk, content.substring(from, from + reference.chunkLengthBytes(chunk)));
    }
    if (!staging.commit().whole()) {
      staging.abandon();
      throw new IOException("weights changed while they were kept; check the disk");
    }
  }
}
