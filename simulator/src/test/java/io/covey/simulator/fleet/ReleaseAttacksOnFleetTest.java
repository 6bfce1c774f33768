package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RootDocument;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.topic.TrustPlace;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The attacks of TUF's list (TUF 1.0, section 1.5.2) and Uptane's (section 4), each tried on a real
 * coordinator and a real agent by somebody who owns the broker. The agent serves version 1 of a
 * model when the attack begins. Slow retrieval has {@link SlowRetrievalTest} of its own.
 */
class ReleaseAttacksOnFleetTest {
  private final ReleasedFleet fleet = new ReleasedFleet();
  private VersionRecord first;

  @BeforeEach
  void serveTheFirstVersion() {
    first = fleet.register();
    fleet.startAgent();
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private static ReleaseKeys keysOf(TrialAuthority authority) {
    return authority.coordinator().releases().orElseThrow();
  }

  private ReleaseKeys keys() {
    return keysOf(fleet.authority);
  }

  private long futureVersion() {
    return fleet.time.now().toEpochMilli() + 1_000_000;
  }

  private Release nextRelease(ModelManifest manifest, Audience audience) {
    return Forgery.release(manifest, newestCounter() + 50, audience);
  }

  private long newestCounter() {
    return fleet.coordinator.stores().releases().newest().get(0).counter();
  }

  /** The first version's files under the next number: there is nothing to fetch. */
  private ModelManifest sameFilesAs(VersionRecord version, int number) {
    return new ModelManifest(
        ReleasedFleet.MODEL, new ModelVersion(number), version.manifest().artifacts());
  }

  private void sayAll(Map<TrustPlace, Octets> documents) {
    documents.forEach(fleet::say);
  }

  /** Says again what was said last on all topics of trust. */
  private void restore(Map<String, ByteString> said) {
    said.forEach(fleet::inject);
    fleet.run(Duration.ofSeconds(1));
  }

  private void requireStillServing(int version) {
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(version);
  }

  @Test
  void arbitraryModelIsNotTakenWithoutARelease() {
    fleet.sayDesired(sameFilesAs(first, 7));
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("not released: NO_RELEASE").contains("version 7");
  }

  @Test
  void arbitraryModelIsNotTakenWithAReleaseByTheAttackersOwnKeys() {
    try (TrialAuthority attacker =
        TrialAuthority.insecureSeeded(ReleasedFleet.FLEET, ReleasedFleet.SIGNER, 666)) {
      ModelManifest wanted = sameFilesAs(first, 7);
      fleet.say(new TrustPlace.Root(1), keysOf(attacker).roots().get(0));
      fleet.say(new TrustPlace.Root(2), keysOf(attacker).roots().get(0));
      sayAll(
          new Forgery(keysOf(attacker), fleet.time.now(), futureVersion())
              .documents(ReleasedFleet.MODEL, nextRelease(wanted, Audience.ALL)));
      fleet.sayDesired(wanted);
      requireStillServing(1);
      assertThat(fleet.withheldBecause()).contains("NO_RELEASE");
    }
  }

  @Test
  void otherFilesUnderAReleasedVersionAreNotTaken() {
    VersionRecord second = fleet.commitUnsaid();
    fleet.withhold(topic -> topic.endsWith("/down/desired"));
    fleet.coordinator.kill();
    fleet.coordinator.start();
    fleet.run(Duration.ofMinutes(1));
    fleet.sayDesired(sameFilesAs(first, second.version().number()));
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("NOT_AS_REFERENCED").contains("other files");
  }

  /** Who may not choose the model may not choose what it is tried on either. */
  @Test
  void samplesOfAnotherVersionOrNoneAreNotTaken() {
    fleet.withhold(topic -> topic.endsWith("/down/desired"));
    VersionRecord second = fleet.nextVersionWithAnotherModelsAnswers();
    ModelManifest genuine = fleet.manifest(second.version());
    fleet.sayDesired(genuine.withoutSamples());
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("NOT_AS_REFERENCED").contains("other files");

    ArtifactReference swapped =
        first.manifest().artifact(ArtifactReference.Role.EXPECTED_OUTPUTS).orElseThrow();
    fleet.sayDesired(
        new ModelManifest(
            ReleasedFleet.MODEL,
            second.version(),
            genuine.artifacts().stream()
                .map(file -> file.role() == swapped.role() ? swapped : file)
                .toList()));
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("NOT_AS_REFERENCED").contains("other files");
  }

  @Test
  void rollbackByAnOldDesiredStateIsNotTakenEvenAfterARestart() {
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
    fleet.sayDesired(first.manifest());
    requireStillServing(2);
    assertThat(fleet.withheldBecause())
        .contains("release %d of digits is version 2".formatted(newestCounter()));

    fleet.stopAgent();
    fleet.withheldAtStart = topic -> topic.endsWith("/down/desired");
    fleet.startAgent();
    fleet.sayDesired(first.manifest());
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).isEmpty();
    assertThat(fleet.withheldBecause())
        .contains("release %d of digits is version 2".formatted(newestCounter()));
  }

  @Test
  void rollbackByOldDocumentsIsRefusedEvenAfterARestart() {
    Map<String, ByteString> old =
        fleet.recording.lastBelow(
            fleet.topics.trust(new TrustPlace.Timestamp()).replace("timestamp", ""));
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
    fleet.stopAgent();
    fleet.withheldAtStart =
        topic -> ReleasedFleet.isTrust(topic) || topic.endsWith("/down/desired");
    fleet.startAgent();
    restore(old);
    fleet.sayDesired(first.manifest());
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).isEmpty();
    assertThat(fleet.withheldBecause())
        .contains("release %d of digits is version 2".formatted(newestCounter()));
  }

  @Test
  void freezeShowsWhenTheTimestampExpiresAndEndsWithTheAttack() {
    fleet.withhold(ReleasedFleet::isTrust);
    fleet.run(Duration.ofDays(2));
    fleet.nextVersion();
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("EXPIRED").contains("timestamp");

    fleet.withhold(topic -> false);
    fleet.run(Duration.ofHours(7));
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  @Test
  void mixAndMatchOfDocumentsOfDifferentTimesGivesNothing() {
    Map<String, ByteString> old =
        fleet.recording.lastBelow(
            fleet.topics.trust(new TrustPlace.Snapshot()).replace("snapshot", ""));
    fleet.withhold(topic -> topic.contains("/trust/") && !topic.endsWith("timestamp"));
    fleet.nextVersion();
    old.keySet().removeIf(topic -> topic.endsWith("timestamp"));
    restore(old);
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("INCOMPLETE").contains("snapshot");
  }

  @Test
  void fastForwardByAStolenTimestampKeyIsForgottenOnceTheKeyIsReplaced() {
    Forgery stolen = new Forgery(keys(), fleet.time.now(), Long.MAX_VALUE);
    Map<TrustPlace, Octets> forged =
        stolen.documents(ReleasedFleet.MODEL, nextRelease(first.manifest(), Audience.ALL));
    TrustPlace.Timestamp place = new TrustPlace.Timestamp();
    fleet.say(place, Objects.requireNonNull(forged.get(place)));
    fleet.nextVersion();
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).isNotEmpty();

    var timestampKey = Forgery.key(1);
    RootDocument next =
        Forgery.nextRoot(
            keys(),
            Map.of(
                Role.TIMESTAMP, Forgery.keys(1, ReleasedFleet.SIGNER.publicKeyOf(timestampKey))));
    fleet.say(new TrustPlace.Root(2), Forgery.signed(next, fleet.authority.releaseRootKey()));
    Octets timestamp =
        Objects.requireNonNull(fleet.coordinator.stores().releases().documents().get(place.path()));
    fleet.say(place, Resigned.by(timestamp, timestampKey));
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(2);
  }

  @Test
  void endlessDataIsBoundedAndForgottenWhenItEnds() {
    byte[] junk = new byte[Limits.CHUNK_CONTENT_BYTES];
    for (int i = 0; i < 300; i++) {
      junk[0] = (byte) i;
      junk[1] = (byte) (i >> 8);
      fleet.say(new TrustPlace.Targets(new ModelName("junk-" + i)), Octets.copyOf(junk));
      fleet.say(new TrustPlace.Root(2 + i), Octets.copyOf(junk));
      fleet.say(new TrustPlace.Timestamp(), Octets.copyOf(junk));
    }
    long refused = fleet.agent().counters().messagesRefused();
    fleet.inject(
        fleet.topics.trust(new TrustPlace.Timestamp()),
        ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES + 1]));
    assertThat(fleet.agent().counters().messagesRefused()).isEqualTo(refused + 1);
    requireStillServing(1);
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
  }

  @Test
  void wrongDevicesReleaseIsNotTaken() {
    var others = new TreeSet<>(List.of(new AgentId("another")));
    requireNotFor(
        new Audience(new TreeSet<>(), new TreeSet<>(), others), "OTHER_DEVICE", "kitchen");
  }

  @Test
  void wrongHardwaresReleaseIsNotTaken() {
    var others = new TreeSet<>(List.of("board-b"));
    requireNotFor(
        new Audience(others, new TreeSet<>(), new TreeSet<>()), "OTHER_HARDWARE", "board-a");
  }

  private void requireNotFor(Audience audience, String reason, String detail) {
    ModelManifest wanted = sameFilesAs(first, 2);
    sayAll(
        new Forgery(keys(), fleet.time.now(), futureVersion())
            .documents(ReleasedFleet.MODEL, nextRelease(wanted, audience)));
    fleet.sayDesired(wanted);
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains(reason).contains(detail);
  }

  /** What the two tests above refuse is taken when it is for everybody. */
  @Test
  void theSameReleaseForThisDeviceIsTaken() {
    ModelManifest wanted = sameFilesAs(first, 2);
    Audience audience =
        new Audience(
            new TreeSet<>(List.of("board-a")),
            new TreeSet<>(),
            new TreeSet<>(List.of(ReleasedFleet.AGENT)));
    sayAll(
        new Forgery(keys(), fleet.time.now(), futureVersion())
            .documents(ReleasedFleet.MODEL, nextRelease(wanted, audience)));
    fleet.sayDesired(wanted);
    requireStillServing(2);
  }

  @Test
  void partialBundleIsNotTaken() {
    VersionRecord second = fleet.commitUnsaid();
    fleet.withhold(topic -> topic.endsWith("/down/desired"));
    fleet.coordinator.kill();
    fleet.coordinator.start();
    fleet.run(Duration.ofMinutes(1));
    List<ArtifactReference> half = fleet.manifest(second.version()).artifacts().subList(0, 1);
    fleet.sayDesired(new ModelManifest(ReleasedFleet.MODEL, second.version(), half));
    requireStillServing(1);
    assertThat(fleet.withheldBecause()).contains("NOT_AS_REFERENCED");
    fleet.sayDesired(fleet.manifest(second.version()));
    requireStillServing(2);
  }

  @Test
  void keyCompromiseBelowTheThresholdReleasesNothing() {
    Octets known = keys().root().keys(Role.TARGETS).publicKeys().get(0);
    Octets other = ReleasedFleet.SIGNER.publicKeyOf(Forgery.key(2));
    RootDocument twoOfTwo =
        Forgery.nextRoot(keys(), Map.of(Role.TARGETS, Forgery.keys(2, known, other)));
    fleet.say(new TrustPlace.Root(2), Forgery.signed(twoOfTwo, fleet.authority.releaseRootKey()));
    ModelManifest wanted = sameFilesAs(first, 2);
    sayAll(
        new Forgery(keys(), fleet.time.now(), futureVersion())
            .documents(ReleasedFleet.MODEL, nextRelease(wanted, Audience.ALL)));
    fleet.sayDesired(wanted);
    // Before the agent asks the broker again, and hears genuine, older documents.
    assertThat(fleet.withheldBecause())
        .contains("NOT_SIGNED")
        .contains("targets has 1 valid signatures, expected 2");
    requireStillServing(1);
  }

  @Test
  void replayOfEverythingThatWasEverSaidChangesNothing() throws IOException {
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
    var trusted = fleet.trust.load();
    Map<String, ByteString> last = fleet.recording.lastBelow("covey/");
    for (String topic : last.keySet()) {
      if (topic.contains("/down/") || ReleasedFleet.isTrust(topic)) {
        fleet.recording.on(topic).forEach(payload -> fleet.inject(topic, payload));
      }
    }
    requireStillServing(2);
    assertThat(fleet.withheldBecause()).isEmpty();
    assertThat(fleet.trust.load()).isEqualTo(trusted);
  }
}
