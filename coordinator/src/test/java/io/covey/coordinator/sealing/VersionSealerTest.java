package io.covey.coordinator.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.DifferenceContent;
import io.covey.crypto.envelope.FileOpener;
import io.covey.crypto.envelope.FileResealer;
import io.covey.crypto.envelope.OpeningResult;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.release.ManifestFiles;
import io.covey.models.difference.FileDifference;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which differences a version is sealed with, and what they lead to. */
class VersionSealerTest {
  private static final FleetId FLEET = new FleetId("fleet");
  private static final ModelName MODEL = new ModelName("digits");
  private static final int LENGTH = 300_000;

  private final Map<Sha256, byte[]> files = new HashMap<>();
  private final Map<KeyName, ContentKey> keys = new HashMap<>();
  private final RandomWords random = AesCtrRandomWords.fromSeed(new byte[32]);
  private final ArtifactStore artifacts =
      new ArtifactStore() {
        @Override
        public Sha256 put(byte[] content) {
          Sha256 digest = Sha256.of(content);
          files.put(digest, content.clone());
          return digest;
        }

        @Override
        public Optional<byte[]> get(Sha256 digest) {
          return Optional.ofNullable(files.get(digest)).map(byte[]::clone);
        }
      };
  private final VersionSealer sealer =
      new VersionSealer(FLEET, artifacts, new Keys(), new ContentKeys(), random);

  private final class Keys implements KeyStore {
    @Override
    public void addContentKey(KeyName of, Sha256 sealed, ContentKey key) {
      keys.put(of, ContentKey.owning(key.secret().copy()));
    }

    @Override
    public Optional<ContentKey> contentKey(KeyName of, Sha256 sealed) {
      return Optional.ofNullable(keys.get(of));
    }

    @Override
    public Optional<FleetKey> fleetKey() {
      return Optional.empty();
    }

    @Override
    public void beginEpoch(FleetKey key, Set<AgentId> left) {
      throw new UnsupportedOperationException("no epochs here");
    }

    @Override
    public void saveMember(AgentId agent, Octets certificate) {
      throw new UnsupportedOperationException("no members here");
    }

    @Override
    public Map<AgentId, Octets> members() {
      return Map.of();
    }
  }

  private static byte[] noise(int seed) {
    byte[] bytes = new byte[LENGTH];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] changed(byte[] file) {
    byte[] changed = file.clone();
    for (int i = 0; i < changed.length; i += 10) {
      changed[i]++;
    }
    return changed;
  }

  private VersionRecord version(int number, byte[] weights) {
    return new VersionRecord(
        MODEL,
        new ModelVersion(number),
        Instant.EPOCH,
        Optional.empty(),
        List.of(kept(Role.GRAPH, new byte[] {1, 2, 3}), kept(Role.WEIGHTS, weights)),
        Optional.empty(),
        Optional.empty());
  }

  private ArtifactReference kept(Role role, byte[] content) {
    return new ArtifactReference(
        role, artifacts.put(content), content.length, Limits.CHUNK_CONTENT_BYTES);
  }

  private VersionRecord first(byte[] weights) {
    return sealer.seal(version(1, weights), VersionSealer.Before.NOTHING);
  }

  private VersionRecord after(VersionRecord before, int number, byte[] weights) {
    return sealer.seal(
        version(number, weights),
        new VersionSealer.Before(Optional.of(before), Optional.of(before)));
  }

  private static ArtifactReference weightsOf(VersionRecord version) {
    return version.manifest().artifact(Role.WEIGHTS).orElseThrow();
  }

  private ContentKey key(VersionRecord version) {
    return Optional.ofNullable(keys.get(new KeyName(MODEL, version.version()))).orElseThrow();
  }

  private byte[] open(VersionRecord version, ArtifactReference file) throws IOException {
    SealedArtifact known = SealedArtifact.of(FLEET, MODEL, file).orElseThrow();
    ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
    OpeningResult result =
        new FileOpener()
            .open(
                key(version),
                known.file(),
                known.content(),
                new ByteArrayInputStream(files.get(file.digest())),
                plaintext);
    assertThat(result).isEqualTo(new OpeningResult.Opened());
    return plaintext.toByteArray();
  }

  @Test
  void differenceLeadsFromThePlainFileThatIsServedToTheSealedFileOfTheVersion() throws Exception {
    byte[] one = noise(1);
    byte[] two = changed(one);
    VersionRecord first = first(one);
    VersionRecord second = after(first, 2, two);
    ArtifactReference weights = weightsOf(second);
    Difference difference = weights.difference().orElseThrow();
    assertThat(difference.base()).isEqualTo(Sha256.of(one));
    assertThat(difference.file().lengthBytes()).isLessThan(weights.lengthBytes() / 2);

    DifferenceContent content =
        DifferenceContent.decode(open(second, difference.file())).orElseThrow();
    byte[] made = one.clone();
    FileDifference.apply(content.difference(), made);
    assertThat(made).isEqualTo(two);
    ByteArrayOutputStream resealed = new ByteArrayOutputStream();
    FileResealer.reseal(
        key(second),
        SealedArtifact.of(FLEET, MODEL, weights).orElseThrow(),
        content.header(),
        made,
        resealed);
    assertThat(resealed.toByteArray()).isEqualTo(files.get(weights.digest()));
  }

  @Test
  void releasesSayNothingOfDifferences() {
    VersionRecord first = first(noise(1));
    VersionRecord second = after(first, 2, changed(noise(1)));
    assertThat(weightsOf(second).difference()).isPresent();
    assertThat(ManifestFiles.of(second.manifest())).hasSize(2);
  }

  @Test
  void noDifferenceGoesOutWhereItSavesTooLittleOrTheLengthsDiffer() {
    VersionRecord first = first(noise(1));
    assertThat(weightsOf(first).difference()).isEmpty();
    assertThat(weightsOf(after(first, 2, noise(2))).difference()).isEmpty();
    byte[] longer = Arrays.copyOf(noise(1), LENGTH + 1);
    assertThat(weightsOf(after(first, 2, longer)).difference()).isEmpty();
  }

  @Test
  void versionIsSealedThoughWhatIsServedWasLost() {
    VersionRecord first = first(noise(1));
    files.remove(first.artifact(Role.WEIGHTS).orElseThrow().digest());
    ArtifactReference weights = weightsOf(after(first, 2, changed(noise(1))));
    assertThat(weights.difference()).isEmpty();
    assertThat(files).containsKey(weights.digest());
  }
}
