package io.covey.edgeagent.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.GroupEpoch;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that outlive a restart, files of them that do not, and private keys that stay elsewhere. */
class KeyRingTest {
  private static final FleetId FLEET = new FleetId("test");
  private static final AgentId AGENT = new AgentId("a1");
  private static final KeyName NAME = new KeyName(new ModelName("toy"), new ModelVersion(1));
  private static final Sha256 FILES = Sha256.of(new byte[] {1});
  private static final GroupEpoch EPOCH = GroupEpoch.of(FLEET, 3);

  @TempDir private Path directory;

  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final KeyWrapping wrapping = new KeyWrapping(new XWing(), new AesGcm());
  private final EncryptionIdentity identity =
      TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1)
          .enrol(AGENT, 0)
          .encryption()
          .orElseThrow();
  private final GroupKey group = GroupKey.generate(random);
  private final ContentKey content = ContentKey.generate(random);

  private KeyRing ring(EncryptionIdentity own) {
    KeyRing ring = new KeyRing(FLEET, AGENT, Optional.of(own), Optional.of(new KeyFile(directory)));
    ring.restore();
    ring.setNeeded(Set.of(NAME));
    return ring;
  }

  private GroupKeyGranted grant() {
    return grant(EPOCH, group);
  }

  private GroupKeyGranted grant(GroupEpoch epoch, GroupKey key) {
    Recipient recipient = new Recipient(AGENT, identity.certificate().encryptionKey());
    return new GroupKeyGranted(
        epoch.epoch(),
        ByteString.copyFrom(
            wrapping.wrap(key, epoch, recipient, random).orElseThrow().encode().toBytes()));
  }

  private WrappedContentKey wrapped() {
    return wrapped(EPOCH, group);
  }

  private WrappedContentKey wrapped(GroupEpoch epoch, GroupKey key) {
    ContentBinding binding = new ContentBinding(FLEET, NAME.model(), NAME.version(), FILES);
    return new WrappedContentKey(
        NAME,
        FILES,
        epoch.epoch(),
        ByteString.copyFrom(
            wrapping.wrap(content, binding, new EpochKey(epoch, key), random).encode().toBytes()));
  }

  private void fill(KeyRing ring) throws IOException {
    assertThat(ring.take(List.of(wrapped()))).isTrue();
    assertThat(ring.grant(grant())).isTrue();
    ring.store();
  }

  @Test
  void keysOutliveARestart() throws Exception {
    fill(ring(identity));
    KeyRing again = ring(identity);
    assertThat(again.lacks(NAME)).isEmpty();
    assertThat(again.contentKey(NAME)).isEqualTo(content);
  }

  @Test
  void aKeyThatOpensIsKeptUntilTheEpochOfALaterOneIsGranted() throws Exception {
    GroupEpoch later = GroupEpoch.of(FLEET, EPOCH.epoch() + 1);
    GroupKey laterGroup = GroupKey.generate(random);
    KeyRing ring = ring(identity);
    fill(ring);
    ring.take(List.of(wrapped(later, laterGroup)));
    ring.store();
    assertThat(ring.lacks(NAME)).isEmpty();
    assertThat(ring.contentKey(NAME)).isEqualTo(content);
    assertThat(ring(identity).contentKey(NAME)).as("after a restart").isEqualTo(content);

    assertThat(ring.grant(grant(later, laterGroup))).isTrue();
    ring.store();
    assertThat(ring.contentKey(NAME)).isEqualTo(content);
    KeyFile.Content kept = new KeyFile(directory).read();
    assertThat(kept.contentKeys()).extracting(WrappedContentKey::epoch).containsOnly(later.epoch());
    assertThat(kept.grants()).extracting(GroupKeyGranted::epoch).containsOnly(later.epoch());
  }

  @Test
  void howeverManyEpochsAreGrantedTheOneOfANeededKeyIsKept() throws Exception {
    KeyRing ring = ring(identity);
    fill(ring);
    for (int after = 1; after <= 20; after++) {
      GroupEpoch later = GroupEpoch.of(FLEET, EPOCH.epoch() + after);
      assertThat(ring.grant(grant(later, GroupKey.generate(random)))).isTrue();
    }
    assertThat(ring.contentKey(NAME)).isEqualTo(content);
  }

  @Test
  void theDevicesPrivateKeyIsUsedWhereItIs() throws Exception {
    AtomicInteger used = new AtomicInteger();
    EncryptionCertificate certificate = identity.certificate();
    EncryptionIdentity inHardware =
        EncryptionIdentity.keptElsewhere(
            certificate,
            certificate.encryptionKey(),
            ciphertext -> {
              used.incrementAndGet();
              return identity.decapsulation().decapsulate(ciphertext);
            });
    KeyRing ring = ring(inHardware);
    fill(ring);
    assertThat(ring.contentKey(NAME)).isEqualTo(content);
    assertThat(used).hasValue(2);
    EncryptionIdentity broken =
        EncryptionIdentity.keptElsewhere(
            certificate, certificate.encryptionKey(), ciphertext -> Optional.empty());
    assertThat(ring(broken).grant(grant())).as("hardware that does not answer").isFalse();
  }

  @Test
  void aDamagedFileIsIgnoredAndWrittenAgainWhenTheKeysComeAnew() throws Exception {
    fill(ring(identity));
    Path file = directory.resolve("keys");
    byte[] right = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(right, right.length - 1));
    KeyRing ring = ring(identity);
    assertThat(ring.lacks(NAME))
        .hasValueSatisfying(what -> assertThat(what).contains("has not come"));
    fill(ring);
    assertThat(ring(identity).contentKey(NAME)).isEqualTo(content);
  }

  @Test
  void noBytesInTheFileKeepTheAgentFromStarting() throws Exception {
    fill(ring(identity));
    Path file = directory.resolve("keys");
    byte[] right = Files.readAllBytes(file);
    for (int length = 0; length < right.length; length++) {
      Files.write(file, Arrays.copyOf(right, length));
      assertThat(ring(identity).lacks(NAME)).as("%d bytes", length).isPresent();
    }
    long seed = 20_261;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] other = right.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        other[random.nextInt(other.length)] = (byte) random.nextInt();
      }
      Files.write(file, other);
      ring(identity).restore();
    }
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThat(ring(identity).lacks(NAME)).isPresent();
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(ring(identity).lacks(NAME)).isPresent();
  }
}
