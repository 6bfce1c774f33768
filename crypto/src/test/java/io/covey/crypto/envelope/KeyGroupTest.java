package io.covey.crypto.envelope;

import static io.covey.crypto.envelope.Sealing.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.primitive.AesGcm;
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
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyGroupTest {
  private static final AgentId STAYS = new AgentId("stays");
  private static final AgentId LEAVES = new AgentId("leaves");
  private static final GroupEpoch FIRST =
      new GroupEpoch(new FleetId("fleet"), new GroupName("cameras"), 1);
  private static final ContentBinding NEW_VERSION =
      new ContentBinding(
          new FleetId("fleet"),
          new ModelName("digits"),
          new ModelVersion(9),
          Sha256.of(new byte[] {9}));

  private final XWing kem = new XWing();
  private final KeyWrapping wrapping = new KeyWrapping(kem, new AesGcm());
  private final RandomWords random = random(4);
  private final SecretBytes staysKey = SecretBytes.drawnFrom(random, 32);
  private final SecretBytes leavesKey = SecretBytes.drawnFrom(random, 32);
  private final KeyGroup group = KeyGroup.create(wrapping, FIRST, random);

  @Test
  void membersOpenNewVersionsWithOneMessageForAll() {
    GroupKey stays = admitted(STAYS, staysKey);
    GroupKey leaves = admitted(LEAVES, leavesKey);
    ContentKey version = ContentKey.generate(random);
    GroupWrappedKey message = group.wrap(version, NEW_VERSION, random);
    assertThat(wrapping.open(message, NEW_VERSION, new EpochKey(FIRST, stays))).contains(version);
    assertThat(wrapping.open(message, NEW_VERSION, new EpochKey(FIRST, leaves))).contains(version);
  }

  @Test
  void revokedDeviceGetsNoLaterKey() {
    admitted(STAYS, staysKey);
    GroupKey old = admitted(LEAVES, leavesKey);
    assertThat(group.revoke(Set.of(LEAVES), random)).isTrue();

    assertThat(group.epoch()).isEqualTo(FIRST.next());
    assertThat(group.members()).containsExactly(STAYS);
    assertThat(group.wrapFor(LEAVES, random)).isEmpty();
    ContentKey version = ContentKey.generate(random);
    GroupWrappedKey message = group.wrap(version, NEW_VERSION, random);
    for (GroupEpoch claimed : Set.of(FIRST, FIRST.next())) {
      assertThat(wrapping.open(message, NEW_VERSION, new EpochKey(claimed, old))).isEmpty();
    }
    WrappedKey ofTheOther = group.wrapFor(STAYS, random).orElseThrow();
    assertThat(wrapping.open(ofTheOther, group.epoch(), LEAVES, leavesKey)).isEmpty();
    assertThat(wrapping.open(ofTheOther, group.epoch(), STAYS, leavesKey)).isEmpty();

    GroupKey renewed = wrapping.open(ofTheOther, group.epoch(), STAYS, staysKey).orElseThrow();
    assertThat(wrapping.open(message, NEW_VERSION, new EpochKey(group.epoch(), renewed)))
        .contains(version);
  }

  @Test
  void revocationWipesTheOldKey() {
    admitted(LEAVES, leavesKey);
    GroupKey old = group.key();
    group.revoke(Set.of(LEAVES), random);
    assertThatThrownBy(() -> old.secret().reveal()).hasMessageContaining("wiped");
  }

  @Test
  void revokingStrangersChangesNothing() {
    admitted(STAYS, staysKey);
    assertThat(group.revoke(Set.of(LEAVES), random)).isFalse();
    assertThat(group.epoch()).isEqualTo(FIRST);
  }

  @Test
  void deviceWithUnacceptableKeyIsNotAdmitted() {
    assertThat(group.admit(new Recipient(STAYS, Octets.owning(new byte[5])), random)).isEmpty();
    assertThat(group.members()).isEmpty();
  }

  @Test
  void groupGoesOnAsItWasLeft() {
    GroupKey had = admitted(STAYS, staysKey);
    KeyGroup again =
        new KeyGroup(
            wrapping,
            new EpochKey(group.epoch(), GroupKey.owning(group.key().secret().copy())),
            Map.of(STAYS, kem.publicKeyOf(staysKey)));
    assertThat(wrapping.open(again.wrapFor(STAYS, random).orElseThrow(), FIRST, STAYS, staysKey))
        .contains(had);
  }

  private GroupKey admitted(AgentId device, SecretBytes privateKey) {
    WrappedKey wrapped =
        group.admit(new Recipient(device, kem.publicKeyOf(privateKey)), random).orElseThrow();
    return wrapping.open(wrapped, group.epoch(), device, privateKey).orElseThrow();
  }
}
