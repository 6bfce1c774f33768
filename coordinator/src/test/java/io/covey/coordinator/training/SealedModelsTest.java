package io.covey.coordinator.training;

import static io.covey.coordinator.training.CoordinatorUnderTest.DIGITS;
import static io.covey.coordinator.training.CoordinatorUnderTest.FLEET;
import static io.covey.coordinator.training.CoordinatorUnderTest.digits;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.store.JdbiModelStore;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations.Verdict;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.NetworkFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who can open what the coordinator publishes, and who cannot. */
class SealedModelsTest {
  private static final long ISSUED = 1_700_000_000;
  private static final AgentId ANN = new AgentId("ann");
  private static final AgentId BOB = new AgentId("bob");

  @TempDir private Path directory;

  private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000));
  private final InMemoryNetwork network = new InMemoryNetwork(time, 1, NetworkFaults.NONE);
  private final Database database = Database.open(DatabaseSettings.inMemory());
  private final TrialAuthority authority = CoordinatorUnderTest.authority();
  private final AgentIdentity ann = authority.enrol(ANN, ISSUED);
  private final AgentIdentity bob = authority.enrol(BOB, ISSUED);
  private CoordinatorUnderTest coordinator;

  @BeforeEach
  void start() {
    coordinator = start("first");
  }

  private CoordinatorUnderTest start(String run) {
    return new CoordinatorUnderTest(time, network, database, directory, run);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private KeyedAgent connect(AgentIdentity identity, String run) {
    return connect(identity, run, identity.encryption().orElseThrow());
  }

  private KeyedAgent connect(AgentIdentity identity, String run, EncryptionIdentity key) {
    KeyedAgent agent = new KeyedAgent(time, network, run, new KeyedAgent.Identities(identity, key));
    time.runFor(Duration.ofSeconds(2));
    return agent;
  }

  private void register() {
    coordinator.done(
        coordinator.operations().registerModel(DIGITS, "digits", digits(), Optional.empty()));
    time.runFor(Duration.ofSeconds(2));
  }

  /** The graph of what an agent should serve, as far as it can open it. */
  private Optional<byte[]> graph(KeyedAgent agent, DesiredState state) {
    ModelManifest manifest = state.models().get(0);
    ArtifactReference graph = manifest.artifact(Role.GRAPH).orElseThrow();
    byte[] sealedFile = coordinator.stores.artifacts().get(graph.digest()).orElseThrow();
    return agent.open(manifest, graph, state.keys(), sealedFile);
  }

  private void revoke(AgentIdentity identity) {
    RevocationList.Content revoked =
        RevocationList.none(FLEET, time.now())
            .next(time.now(), List.of(identity.certificate().facts().serial()));
    assertThat(coordinator.sessions.revocations().heed(authority.authority().revoke(revoked)))
        .isEqualTo(Verdict.TAKEN);
    time.runFor(Duration.ofSeconds(5));
  }

  @Test
  void membersOpenWhatIsPublishedAndOperatorsStillGetItPlain() {
    KeyedAgent first = connect(ann, "");
    KeyedAgent second = connect(bob, "");
    register();
    DesiredState state = first.lastDesired();
    assertThat(state.models().get(0).isSealed()).isTrue();
    assertThat(first.lastGranted().epoch()).isEqualTo(1);
    assertThat(graph(first, state))
        .hasValueSatisfying(file -> assertThat(file).isEqualTo(digits()));
    assertThat(graph(second, state))
        .hasValueSatisfying(file -> assertThat(file).isEqualTo(digits()));
    VersionRecord version = coordinator.done(coordinator.operations().versions(DIGITS)).get(0);
    assertThat(
            coordinator.done(
                coordinator.operations().artifact(DIGITS, version.version(), Role.GRAPH)))
        .isEqualTo(digits());
    // Said again, the key is the same message: no work is done twice.
    first.announce();
    time.runFor(Duration.ofSeconds(2));
    assertThat(first.granted).hasSize(2);
    assertThat(first.granted.get(0)).isEqualTo(first.granted.get(1));
  }

  @Test
  void aRevokedDeviceOpensNothingThatIsWrappedLaterAndTheOthersDo() {
    KeyedAgent revoked = connect(ann, "");
    KeyedAgent other = connect(bob, "");
    register();
    revoke(ann);

    assertThat(other.lastGranted().epoch()).isEqualTo(2);
    assertThat(revoked.granted).allMatch(grant -> grant.epoch() == 1);
    DesiredState state = other.lastDesired();
    assertThat(state.keys()).allMatch(key -> key.epoch() == 2);
    // The same version under the same revision: only its keys are others.
    assertThat(state.models()).isEqualTo(other.desired.get(0).models());
    assertThat(graph(other, state)).isPresent();
    assertThat(graph(revoked, state)).isEmpty();
    revoked.announce();
    time.runFor(Duration.ofSeconds(2));
    assertThat(revoked.granted).allMatch(grant -> grant.epoch() == 1);
  }

  @Test
  void epochsAndMembersOutliveARestart() {
    connect(bob, "");
    connect(ann, "");
    register();
    revoke(ann);
    coordinator.kill();
    network.kill("coordinator:first");
    coordinator = start("second");
    time.runFor(Duration.ofSeconds(2));

    KeyedAgent again = connect(bob, "-again");
    assertThat(again.lastGranted().epoch()).isEqualTo(2);
    assertThat(graph(again, again.lastDesired())).isPresent();
    assertThat(coordinator.stores.keys().members()).containsOnlyKeys(BOB);
  }

  @Test
  void certificatesOfOthersAndOfOtherAuthoritiesGetNoKey() {
    KeyedAgent thief = connect(ann, "", bob.encryption().orElseThrow());
    assertThat(thief.granted).isEmpty();
    EncryptionIdentity foreign =
        TrialAuthority.create(FLEET, new Ed25519()).enrol(BOB, ISSUED).encryption().orElseThrow();
    assertThat(connect(bob, "", foreign).granted).isEmpty();
    assertThat(coordinator.stores.keys().members()).isEmpty();
  }

  @Test
  void aDeviceThatTakesAnothersPlaceBeginsAnEpochAndTheOlderCertificateCountsNoMore() {
    KeyedAgent before = connect(ann, "");
    register();
    KeyedAgent replacement = connect(authority.enrol(ANN, ISSUED + 60), "-new");
    assertThat(replacement.lastGranted().epoch()).isEqualTo(2);
    DesiredState state = replacement.lastDesired();
    assertThat(graph(replacement, state)).isPresent();
    assertThat(graph(before, state)).isEmpty();
    before.announce();
    time.runFor(Duration.ofSeconds(2));
    assertThat(graph(before, state)).isEmpty();
  }

  @Test
  void aLaterVersionKeepsTheSealedGraphAndTellsBothKeys() {
    KeyedAgent watcher = connect(ann, "");
    for (int i = 1; i <= 4; i++) {
      var unused =
          new ScriptedAgent(
              time, network, authority.enrol(new AgentId("agent-" + i), ISSUED), 0.001f, 10);
    }
    register();
    ModelManifest first = watcher.lastDesired().models().get(0);
    coordinator.done(
        coordinator.operations().startTraining(DIGITS, 2, CoordinatorUnderTest.plan(4, 3)));
    time.runFor(Duration.ofSeconds(30));

    DesiredState state = watcher.lastDesired();
    ModelManifest third = state.models().get(0);
    assertThat(third.version().number()).isEqualTo(3);
    assertThat(third.artifact(Role.GRAPH)).isEqualTo(first.artifact(Role.GRAPH));
    assertThat(third.artifact(Role.WEIGHTS)).isNotEqualTo(first.artifact(Role.WEIGHTS));
    assertThat(third.artifact(Role.SAMPLE_INPUTS))
        .isPresent()
        .isEqualTo(first.artifact(Role.SAMPLE_INPUTS));
    assertThat(third.artifact(Role.EXPECTED_OUTPUTS))
        .isPresent()
        .isNotEqualTo(first.artifact(Role.EXPECTED_OUTPUTS));
    assertThat(state.keys())
        .extracting(key -> key.of().version().number())
        .containsExactlyInAnyOrder(1, 3);
    ArtifactReference weights = third.artifact(Role.WEIGHTS).orElseThrow();
    byte[] sealedFile = coordinator.stores.artifacts().get(weights.digest()).orElseThrow();
    assertThat(watcher.open(third, weights, state.keys(), sealedFile)).isPresent();
    assertThat(graph(watcher, state)).isPresent();
  }

  @Test
  void aVersionThatWasStoredBeforeThereWasSealingIsSealedAtTheNextStartAndOnce() {
    register();
    ModelRecord model = coordinator.stores.models().model(DIGITS).orElseThrow();
    VersionRecord first = coordinator.stores.models().newest(DIGITS).orElseThrow();
    VersionRecord asStoredThen =
        new VersionRecord(
            first.model(),
            first.version(),
            first.createdAt(),
            first.round(),
            first.artifacts(),
            first.optimizerState(),
            first.evaluation(),
            first.serving());
    end("first");
    try (Database old = Database.open(DatabaseSettings.inMemory())) {
      new JdbiModelStore(old).addModel(model, asStoredThen);
      coordinator = new CoordinatorUnderTest(time, network, old, directory, "second");
      VersionRecord sealed = coordinator.stores.models().newest(DIGITS).orElseThrow();
      assertThat(sealed.manifest().isSealed()).isTrue();
      assertThat(sealed.artifacts()).isEqualTo(first.artifacts());
      KeyedAgent agent = connect(ann, "");
      assertThat(agent.lastDesired().models()).containsExactly(sealed.manifest());
      assertThat(graph(agent, agent.lastDesired()))
          .hasValueSatisfying(file -> assertThat(file).isEqualTo(digits()));

      end("second");
      coordinator = new CoordinatorUnderTest(time, network, old, directory, "third");
      assertThat(coordinator.stores.models().newest(DIGITS)).contains(sealed);
      KeyedAgent again = connect(bob, "");
      assertThat(graph(again, again.lastDesired())).isPresent();
      end("third");
    }
  }

  private void end(String run) {
    coordinator.kill();
    network.kill("coordinator:" + run);
    time.runFor(Duration.ofSeconds(2));
  }
}
