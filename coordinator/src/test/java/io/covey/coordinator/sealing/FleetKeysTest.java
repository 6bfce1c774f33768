package io.covey.coordinator.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.sealing.KeyFixtures.FailingKeyStore;
import io.covey.coordinator.sealing.KeyFixtures.Grants;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fleet's keys while their store fails now and then. */
class FleetKeysTest {
  private static final FleetId FLEET = new FleetId("test");
  private static final long ISSUED = 1_700_000_000;
  private static final AgentId ANN = new AgentId("ann");
  private static final AgentId BOB = new AgentId("bob");

  private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000));
  private final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);
  private final AgentIdentity ann = authority.enrol(ANN, ISSUED);
  private final AgentIdentity bob = authority.enrol(BOB, ISSUED);
  private final FailingKeyStore store = new FailingKeyStore();
  private final Grants grants = new Grants();
  private final FleetVerifier verifier =
      FleetVerifier.of(authority.coordinator().trust(), new Ed25519());
  private final Revocations revocations = new Revocations(verifier);
  private final List<String> heard = new ArrayList<>();
  private FleetKeys keys;

  @BeforeEach
  void load() {
    keys =
        new FleetKeys(
            time,
            grants,
            new FleetKeys.Trust(verifier, revocations),
            new FleetKeys.Keys(store, new ContentKeys(), AesCtrRandomWords.fromSystemRandomness()));
    assertThat(keys.epoch()).isZero();
    keys.load();
    keys.watch(
        new KeyWatcher() {
          @Override
          public void epochBegan(long epoch, String why) {
            heard.add(epoch + " " + why);
          }

          @Override
          public void refused(AgentId agent, String reason) {
            heard.add(agent + " " + reason);
          }
        });
  }

  private void announce(AgentIdentity agent) {
    announce(agent.agent(), agent.encryption().orElseThrow().certificate());
  }

  private void announce(AgentId agent, EncryptionCertificate certificate) {
    keys.announced(agent, ByteString.copyFrom(certificate.encode().toBytes()));
    time.runFor(Duration.ofSeconds(1));
  }

  private void revoke(AgentIdentity agent) {
    RevocationList.Content revoked =
        RevocationList.none(FLEET, time.now())
            .next(time.now(), List.of(agent.certificate().facts().serial()));
    revocations.heed(authority.authority().revoke(revoked));
    time.runFor(Duration.ofSeconds(1));
  }

  private long lastEpochOf(AgentId agent) {
    List<GroupKeyGranted> given = grants.of(agent);
    return given.get(given.size() - 1).epoch();
  }

  @Test
  void anEpochThatCannotBeStoredIsStoredLaterAndNobodyHasItsKeyBefore() {
    announce(ann);
    announce(bob);
    store.failing = true;
    revoke(ann);
    time.runFor(Duration.ofMinutes(1));
    assertThat(keys.epoch()).isEqualTo(1);
    assertThat(lastEpochOf(BOB)).isEqualTo(1);
    assertThat(heard).isEmpty();
    store.failing = false;
    time.runFor(Duration.ofSeconds(5));
    assertThat(keys.epoch()).isEqualTo(2);
    assertThat(store.epoch).isEqualTo(2);
    assertThat(store.members()).containsOnlyKeys(BOB);
    assertThat(lastEpochOf(BOB)).isEqualTo(2);
    assertThat(lastEpochOf(ANN)).isEqualTo(1);
    assertThat(heard).containsExactly("2 members were revoked, or their certificates have ended");
    time.runFor(Duration.ofMinutes(5));
    assertThat(heard).as("once").hasSize(1);
  }

  @Test
  void anEpochThatAnAnnouncementStoresIsNoLessBegun() {
    announce(ann);
    announce(bob);
    store.failing = true;
    revoke(ann);
    store.failing = false;
    // Before the next attempt: this piece of work stores what is left to store.
    announce(bob);
    assertThat(keys.epoch()).isEqualTo(2);
    assertThat(lastEpochOf(BOB)).isEqualTo(2);
    assertThat(heard).hasSize(1);
    time.runFor(Duration.ofMinutes(5));
    assertThat(keys.epoch()).isEqualTo(2);
    assertThat(heard).hasSize(1);
  }

  @Test
  void whomAFailingStoreKeptOutIsLetInWithoutAskingAgain() {
    store.failing = true;
    announce(ann);
    announce(bob);
    assertThat(grants.of(ANN)).isEmpty();
    store.failing = false;
    time.runFor(Duration.ofSeconds(5));
    assertThat(grants.of(ANN)).hasSize(1);
    assertThat(grants.of(BOB)).hasSize(1);
    assertThat(store.members()).containsOnlyKeys(ANN, BOB);
  }

  @Test
  void aReplacedDeviceGetsItsKeyOnceTheNewEpochIsStored() {
    announce(ann);
    announce(bob);
    store.failing = true;
    AgentIdentity replacement = authority.enrol(ANN, ISSUED + 60);
    announce(replacement);
    assertThat(keys.epoch()).isEqualTo(1);
    store.failing = false;
    time.runFor(Duration.ofSeconds(5));
    assertThat(keys.epoch()).isEqualTo(2);
    assertThat(lastEpochOf(ANN)).isEqualTo(2);
    assertThat(lastEpochOf(BOB)).isEqualTo(2);
    assertThat(store.members().get(ANN))
        .isEqualTo(replacement.encryption().orElseThrow().certificate().encode());
    assertThat(heard).containsExactly("2 ann has another key than before");
  }

  @Test
  void refusalsAreCountedAndHeard() {
    announce(ANN, bob.encryption().orElseThrow().certificate());
    keys.announced(BOB, ByteString.copyFromUtf8("none"));
    assertThat(keys.refusals()).isEqualTo(2);
    assertThat(heard)
        .containsExactly(
            "ann an encryption certificate of bob of fleet test", "bob no encryption certificate");
  }
}
