package io.covey.crypto.envelope;

import static io.covey.crypto.envelope.Sealing.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyWrappingTest {
  private static final AgentId DEVICE = new AgentId("device-1");
  private static final AgentId OTHER = new AgentId("device-2");
  private static final ContentBinding BINDING =
      new ContentBinding(
          new FleetId("fleet"),
          new ModelName("digits"),
          new ModelVersion(3),
          Sha256.of(new byte[] {1}));
  private static final GroupEpoch EPOCH =
      new GroupEpoch(new FleetId("fleet"), new GroupName("cameras"), 4);

  private final Kem kem = new XWing();
  private final KeyWrapping wrapping = new KeyWrapping(kem, new AesGcm());
  private final RandomWords random = random(1);
  private final SecretBytes privateKey = SecretBytes.drawnFrom(random, 32);
  private final Recipient recipient = new Recipient(DEVICE, kem.publicKeyOf(privateKey));
  private final ContentKey contentKey = ContentKey.generate(random);
  private final GroupKey groupKey = GroupKey.generate(random);
  private final EpochKey epochKey = new EpochKey(EPOCH, groupKey);

  @Test
  void contentKeyOpensForItsDevice() {
    WrappedKey wrapped = wrapping.wrap(contentKey, BINDING, recipient, random).orElseThrow();
    assertThat(wrapping.open(wrapped, BINDING, DEVICE, privateKey)).contains(contentKey);
  }

  @Test
  void contentKeyOpensForNoOtherDevice() {
    WrappedKey wrapped = wrapping.wrap(contentKey, BINDING, recipient, random).orElseThrow();
    SecretBytes another = SecretBytes.drawnFrom(random, 32);
    assertThat(wrapping.open(wrapped, BINDING, DEVICE, another)).isEmpty();
    assertThat(wrapping.open(wrapped, BINDING, OTHER, privateKey)).isEmpty();
  }

  @Test
  void contentKeyOpensForNothingElse() {
    WrappedKey wrapped = wrapping.wrap(contentKey, BINDING, recipient, random).orElseThrow();
    GroupWrappedKey forGroup = wrapping.wrap(contentKey, BINDING, epochKey, random);
    assertThat(wrapping.open(forGroup, BINDING, epochKey)).contains(contentKey);
    for (ContentBinding other :
        List.of(
            new ContentBinding(
                new FleetId("x"), BINDING.model(), BINDING.version(), BINDING.sealed()),
            new ContentBinding(
                BINDING.fleet(), new ModelName("x"), BINDING.version(), BINDING.sealed()),
            new ContentBinding(
                BINDING.fleet(), BINDING.model(), new ModelVersion(4), BINDING.sealed()),
            new ContentBinding(
                BINDING.fleet(), BINDING.model(), BINDING.version(), Sha256.of(new byte[] {2})))) {
      assertThat(wrapping.open(wrapped, other, DEVICE, privateKey)).isEmpty();
      assertThat(wrapping.open(forGroup, other, epochKey)).isEmpty();
    }
  }

  @Test
  void groupKeyOpensForItsDeviceInItsEpoch() {
    WrappedKey wrapped = wrapping.wrap(groupKey, EPOCH, recipient, random).orElseThrow();
    assertThat(wrapping.open(wrapped, EPOCH, DEVICE, privateKey)).contains(groupKey);
    assertThat(wrapping.open(wrapped, EPOCH.next(), DEVICE, privateKey)).isEmpty();
    assertThat(wrapping.open(wrapped, EPOCH, OTHER, privateKey)).isEmpty();
    GroupEpoch otherGroup = new GroupEpoch(EPOCH.fleet(), new GroupName("x"), EPOCH.epoch());
    assertThat(wrapping.open(wrapped, otherGroup, DEVICE, privateKey)).isEmpty();
    GroupEpoch otherFleet = new GroupEpoch(new FleetId("x"), EPOCH.group(), EPOCH.epoch());
    assertThat(wrapping.open(wrapped, otherFleet, DEVICE, privateKey)).isEmpty();
  }

  @Test
  void contentKeyForGroupOpensInItsEpochOnly() {
    GroupWrappedKey wrapped = wrapping.wrap(contentKey, BINDING, epochKey, random);
    EpochKey later = new EpochKey(EPOCH.next(), groupKey);
    EpochKey otherKey = new EpochKey(EPOCH, GroupKey.generate(random));
    assertThat(wrapping.open(wrapped, BINDING, later)).isEmpty();
    assertThat(wrapping.open(wrapped, BINDING, otherKey)).isEmpty();
  }

  @Test
  void keysWrappedTwiceLookDifferent() {
    assertThat(wrapping.wrap(contentKey, BINDING, recipient, random))
        .isNotEqualTo(wrapping.wrap(contentKey, BINDING, recipient, random));
    assertThat(wrapping.wrap(contentKey, BINDING, epochKey, random))
        .isNotEqualTo(wrapping.wrap(contentKey, BINDING, epochKey, random));
  }

  @Test
  void deviceWithUnacceptablePublicKeyGetsNothing() {
    Recipient hostile = new Recipient(DEVICE, Octets.owning(new byte[1216]));
    assertThat(wrapping.wrap(contentKey, BINDING, hostile, random)).isEmpty();
    assertThat(wrapping.wrap(groupKey, EPOCH, hostile, random)).isEmpty();
  }

  @Test
  void wrappedKeysKeepTheirGoldenBytes() {
    KeyWrappingGolden.check(wrapping, kem);
  }

  @Test
  void wireFormsAreReadBack() {
    WrappedKey wrapped = wrapping.wrap(contentKey, BINDING, recipient, random).orElseThrow();
    GroupWrappedKey forGroup = wrapping.wrap(contentKey, BINDING, epochKey, random);
    assertThat(wrapped.encode().length()).isEqualTo(WrappedKey.ENCODED_BYTES).isEqualTo(1169);
    assertThat(forGroup.encode().length()).isEqualTo(GroupWrappedKey.ENCODED_BYTES).isEqualTo(81);
    assertThat(WrappedKey.decode(wrapped.encode())).contains(wrapped);
    assertThat(GroupWrappedKey.decode(forGroup.encode())).contains(forGroup);
  }

  @Test
  void wireFormsOfAnotherLengthOrFormatAreRefused() {
    byte[] device =
        wrapping.wrap(contentKey, BINDING, recipient, random).orElseThrow().encode().toBytes();
    byte[] group = wrapping.wrap(contentKey, BINDING, epochKey, random).encode().toBytes();
    for (int length : new int[] {0, 1, 80, 82, 1168, 1170, 100_000}) {
      assertThat(WrappedKey.decode(Octets.owning(Arrays.copyOf(device, length)))).isEmpty();
      assertThat(GroupWrappedKey.decode(Octets.owning(Arrays.copyOf(group, length)))).isEmpty();
    }
    device[0] = 2;
    group[0] = 2;
    assertThat(WrappedKey.decode(Octets.owning(device))).isEmpty();
    assertThat(GroupWrappedKey.decode(Octets.owning(group))).isEmpty();
  }

  @Test
  void nothingButEmptyAnswersComeFromRandomWireForms() {
    long seed = 11;
    Random fuzz = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] device = new byte[WrappedKey.ENCODED_BYTES];
      byte[] group = new byte[GroupWrappedKey.ENCODED_BYTES];
      fuzz.nextBytes(device);
      fuzz.nextBytes(group);
      device[0] = 1;
      group[0] = 1;
      WrappedKey forDevice = WrappedKey.decode(Octets.owning(device)).orElseThrow();
      GroupWrappedKey forGroup = GroupWrappedKey.decode(Octets.owning(group)).orElseThrow();
      assertThat(wrapping.open(forDevice, BINDING, DEVICE, privateKey))
          .as("seed %d", seed)
          .isEmpty();
      assertThat(wrapping.open(forGroup, BINDING, epochKey)).as("seed %d", seed).isEmpty();
    }
  }

  @Test
  void keysAreWipedAndNotPrinted() {
    assertThat(contentKey).hasToString("ContentKey[redacted]");
    assertThat(groupKey).hasToString("GroupKey[redacted]");
    contentKey.close();
    groupKey.close();
    assertThatThrownBy(() -> contentKey.secret().reveal()).hasMessageContaining("wiped");
    assertThatThrownBy(() -> groupKey.secret().reveal()).hasMessageContaining("wiped");
    assertThatThrownBy(() -> ContentKey.owning(SecretBytes.owning(new byte[16])))
        .hasMessageContaining("16 bytes, expected 32");
    assertThatThrownBy(() -> GroupKey.owning(SecretBytes.owning(new byte[33])))
        .hasMessageContaining("33 bytes, expected 32");
  }

  @Test
  void epochsBeginWithOne() {
    assertThatThrownBy(() -> new GroupEpoch(EPOCH.fleet(), EPOCH.group(), 0))
        .hasMessageContaining("0 is below 1");
  }

  @Test
  void digestOfSeveralFilesDependsOnTheirOrder() {
    Sha256 one = Sha256.of(new byte[] {1});
    Sha256 two = Sha256.of(new byte[] {2});
    assertThat(ContentBinding.digestOf(List.of(one, two)))
        .isNotEqualTo(ContentBinding.digestOf(List.of(two, one)))
        .isNotEqualTo(ContentBinding.digestOf(List.of(one)));
  }
}
