package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.training.OperationException;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RootDocument;
import io.covey.crypto.release.TrustedMetadata;
import io.covey.edgeagent.release.InMemoryTrustStore;
import io.covey.edgeagent.release.TrustStore;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.TrustPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed releases on a real coordinator and a real agent: clocks, roots, restarts, going back. */
class ReleasedFleetTest {
  private static final Duration TEN_YEARS = Duration.ofDays(3653);
  private static final Duration LONGER_THAN_PROBATION = Duration.ofMinutes(11);

  private final ReleasedFleet fleet = new ReleasedFleet();

  @AfterEach
  void close() {
    fleet.close();
  }

  private VersionRecord serveTheFirstVersion() {
    VersionRecord first = fleet.register();
    fleet.startAgent();
    assertThat(fleet.served()).contains(1);
    return first;
  }

  private ReleaseKeys keys() {
    return fleet.authority.coordinator().releases().orElseThrow();
  }

  @Test
  void aClockTenYearsAheadKeepsServingSaysSoAndRecovers() {
    requireRecoveryFrom(TEN_YEARS, "EXPIRED");
  }

  @Test
  void aClockTenYearsBehindKeepsServingSaysSoAndRecovers() {
    requireRecoveryFrom(TEN_YEARS.negated(), "CLOCK_BEHIND");
  }

  private void requireRecoveryFrom(Duration error, String reason) {
    serveTheFirstVersion();
    fleet.clockError = error;
    fleet.nextVersion();
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.withheldBecause()).contains("not released: " + reason);

    fleet.clockError = Duration.ZERO;
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  @Test
  void aDeviceThatNeverHadTheTimeTakesNothingAndSaysSo() {
    fleet.register();
    fleet.clockError = TEN_YEARS.negated();
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).isEmpty();
    assertThat(fleet.withheldBecause()).contains("CLOCK_BEHIND");
    fleet.clockError = Duration.ZERO;
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(1);
  }

  @Test
  void aRootSignedByOldAndNewKeysIsFollowedAndReleasesGoOn() {
    serveTheFirstVersion();
    var newKey = Forgery.key(5);
    RootDocument next = rootWith(newKey);
    fleet.say(
        new TrustPlace.Root(2), Forgery.signed(next, fleet.authority.releaseRootKey(), newKey));
    assertThat(trustedRoot()).isEqualTo(2);
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
  }

  @Test
  void aRootSignedByOldOrNewKeysAloneIsRefused() {
    serveTheFirstVersion();
    var newKey = Forgery.key(5);
    RootDocument next = rootWith(newKey);
    fleet.say(new TrustPlace.Root(2), Forgery.signed(next, newKey));
    assertThat(trustedRoot()).isEqualTo(1);
    fleet.say(new TrustPlace.Root(2), Forgery.signed(next, fleet.authority.releaseRootKey()));
    assertThat(trustedRoot()).isEqualTo(1);
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
  }

  private RootDocument rootWith(SecretBytes newKey) {
    return Forgery.nextRoot(
        keys(), Map.of(Role.ROOT, Forgery.keys(1, ReleasedFleet.SIGNER.publicKeyOf(newKey))));
  }

  private long trustedRoot() {
    try {
      return TrustedMetadata.decode(fleet.trust.load().orElseThrow(), ReleasedFleet.SIGNER)
          .rootVersion();
    } catch (IOException | MalformedReleaseException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void trustThatCannotBeReadIsNotReplacedAndNothingIsTakenUntilAPersonDecides() {
    fleet.register();
    Octets damaged = Octets.copyOf(new byte[] {1, 2, 3});
    InMemoryTrustStore store = new InMemoryTrustStore();
    store.save(damaged);
    fleet.trust = store;
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).isEmpty();
    assertThat(fleet.withheldBecause()).contains("MALFORMED").contains("cannot be read");
    assertThat(store.load()).contains(damaged);
  }

  @Test
  void whatCannotBeWrittenDownIsNotActedOn() {
    fleet.register();
    TrustStore full =
        new TrustStore() {
          @Override
          public Optional<Octets> load() {
            return Optional.empty();
          }

          @Override
          public void save(Octets trusted) throws IOException {
            throw new IOException("no space left on device");
          }
        };
    fleet.trust = full;
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).isEmpty();
    assertThat(fleet.withheldBecause()).contains("INCOMPLETE");
  }

  @Test
  void aReleaseThatTheDiskHasNoRoomToNoteIsTakenOnceItHas() {
    fleet.register();
    boolean[] full = {true};
    InMemoryTrustStore kept = new InMemoryTrustStore();
    fleet.trust =
        new TrustStore() {
          @Override
          public Optional<Octets> load() {
            return kept.load();
          }

          @Override
          public void save(Octets trusted) throws IOException {
            boolean taking = kept.load().filter(before -> isTaking(before, trusted)).isPresent();
            if (full[0] && taking) {
              throw new IOException("no space left on device");
            }
            kept.save(trusted);
          }
        };
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).isEmpty();
    assertThat(fleet.withheldBecause()).contains("no space left on device");
    full[0] = false;
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  /** Whether what is trusted is the same but for the first release that was taken, at its end. */
  private static boolean isTaking(Octets before, Octets after) {
    int same = before.length() - Long.BYTES;
    return after.length() > before.length()
        && Arrays.equals(before.toBytes(), 0, same, after.toBytes(), 0, same);
  }

  @Test
  void aVersionThatWasCommittedBeforeACrashIsReleasedAtTheNextStart() {
    serveTheFirstVersion();
    VersionRecord second = fleet.commitUnsaid();
    assertThat(fleet.coordinator.stores().releases().newest())
        .extracting(ReleaseRecord::version)
        .containsExactly(second.version());
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(1);
    fleet.coordinator.kill();
    fleet.coordinator.start();
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(2);
  }

  @Test
  void timestampsAreRenewedLongBeforeTheyExpire() {
    serveTheFirstVersion();
    // Beyond half of what the other documents hold.
    fleet.run(Duration.ofDays(50));
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  @Test
  void modelsOfAnotherFamilyHaveADocumentAndAKeyOfTheirOwn() {
    ModelName faces = new ModelName("faces-small");
    fleet.register();
    fleet.register(faces);
    fleet.startAgent();
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.served(faces)).contains(1);
    assertThat(fleet.coordinator.stores().releases().documents().keySet())
        .containsExactlyInAnyOrder(
            "targets/targets", "targets/digits", "targets/faces", "snapshot", "timestamp");
    assertThat(keys().delegation(new ModelName("digits")).keys())
        .isNotEqualTo(keys().delegation(new ModelName("faces")).keys());
  }

  @Test
  void releasesForOtherHardwareAreNotTakenUntilTheyAreForThisOneToo() {
    serveTheFirstVersion();
    setHardware("board-b");
    fleet.nextVersion();
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.withheldBecause()).contains("OTHER_HARDWARE").contains("board-a");

    setHardware("board-a", "board-b");
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(2);

    // What serves goes on, also after restarts, when it is for others from now on.
    setHardware("board-b");
    fleet.stopAgent();
    fleet.coordinator.kill();
    fleet.coordinator.start();
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    fleet.nextVersion();
    assertThat(fleet.withheldBecause()).contains("OTHER_HARDWARE");
  }

  private void setHardware(String... kinds) {
    Audience audience =
        new Audience(new TreeSet<>(List.of(kinds)), new TreeSet<>(), new TreeSet<>());
    assertThat(
            fleet.done(fleet.coordinator.operations().setAudience(ReleasedFleet.MODEL, audience)))
        .isEqualTo(audience);
  }

  @Test
  void whatNoDocumentHasRoomForIsRefusedAndTheRestGoesOn() {
    serveTheFirstVersion();
    SortedSet<AgentId> many = new TreeSet<>();
    SortedSet<GroupName> groups = new TreeSet<>();
    SortedSet<String> hardware = new TreeSet<>();
    for (int i = 0; i < Audience.MOST_OF_A_KIND; i++) {
      String name = "x".repeat(60) + i;
      many.add(new AgentId(name));
      groups.add(new GroupName(name));
      hardware.add(name);
    }
    Audience large = new Audience(hardware, groups, many);
    ModelName other = new ModelName(ReleasedFleet.MODEL + "-other");
    fleet.register(other);
    assertThat(fleet.done(fleet.coordinator.operations().setAudience(other, large)))
        .isEqualTo(large);
    assertThatThrownBy(
            () ->
                fleet.done(fleet.coordinator.operations().setAudience(ReleasedFleet.MODEL, large)))
        .hasRootCauseInstanceOf(OperationException.class)
        .hasMessageContaining("more than one signed document holds");
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
  }

  @Test
  void anUpdateIsNotWithheldWhereEverythingComesInOrder() throws Exception {
    serveTheFirstVersion();
    fleet.nextVersion();
    String topic = fleet.topics.agent(ReleasedFleet.AGENT, AgentChannel.REPORTED);
    int before = fleet.recording.on(topic).size();
    fleet.done(fleet.coordinator.operations().rollBack(ReleasedFleet.MODEL, new ModelVersion(1)));
    assertThat(fleet.served()).contains(3);

    List<ByteString> all = fleet.recording.on(topic);
    assertThat(all).hasSizeGreaterThan(before);
    for (ByteString report : all.subList(before, all.size())) {
      ReportedState state = (ReportedState) SignedMessage.readUnverified(report).body();
      assertThat(state.models()).extracting(ReportedState.ModelState::detail).containsOnly("");
    }
  }

  @Test
  void goingBackOnPurposeIsAReleaseWithAHigherCounterAndOldFiles() {
    VersionRecord first = serveTheFirstVersion();
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);

    VersionRecord third =
        fleet.done(
            fleet.coordinator.operations().rollBack(ReleasedFleet.MODEL, new ModelVersion(1)));
    assertThat(third.version().number()).isEqualTo(3);
    assertThat(third.artifacts()).isEqualTo(first.artifacts());
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(3);
    List<ReleaseRecord> releases =
        fleet.done(fleet.coordinator.operations().releases(ReleasedFleet.MODEL));
    assertThat(releases)
        .extracting(release -> release.version().number(), ReleaseRecord::restores)
        .containsExactly(
            tuple(3, Optional.of(new ModelVersion(1))),
            tuple(2, Optional.empty()),
            tuple(1, Optional.empty()));
    assertThat(releases)
        .extracting(ReleaseRecord::counter)
        .isSortedAccordingTo(Comparator.reverseOrder())
        .doesNotHaveDuplicates();

    // It holds after restarts of both, and for a device that never had the first version.
    fleet.stopAgent();
    fleet.coordinator.kill();
    fleet.coordinator.start();
    fleet.trust = new InMemoryTrustStore();
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(3);
  }

  @Test
  void filesThatWereTakenBackArePublishedAgainWhenTheyAreGoneBackTo() {
    serveTheFirstVersion();
    for (int i = 0; i < 4; i++) {
      fleet.nextVersion();
    }
    fleet.stopAgent();
    fleet.done(fleet.coordinator.operations().rollBack(ReleasedFleet.MODEL, new ModelVersion(1)));
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(6);
  }

  @Test
  void aVersionWhoseAnswersAreNotThoseOfItsReleaseIsRefusedEverywhere() {
    VersionRecord first = serveTheFirstVersion();
    assertThat(first.manifest().artifact(ArtifactReference.Role.SAMPLE_INPUTS)).isPresent();
    VersionRecord wrong = fleet.nextVersionWithAnotherModelsAnswers();
    requireWrongAnswers(wrong);

    // A device that comes anew refuses it as well, and has nothing to serve instead.
    fleet.stopAgent();
    fleet.trust = new InMemoryTrustStore();
    fleet.startAgent();
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).isEmpty();

    VersionRecord third =
        fleet.done(
            fleet.coordinator.operations().rollBack(ReleasedFleet.MODEL, new ModelVersion(1)));
    assertThat(third.artifacts()).isEqualTo(first.artifacts());
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(3);
  }

  private void requireWrongAnswers(VersionRecord version) {
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.reported())
        .anySatisfy(
            state -> {
              assertThat(state.version()).isEqualTo(version.version());
              assertThat(state.status()).isEqualTo(Status.REFUSED);
              assertThat(state.detail())
                  .startsWith("the self-test failed: WRONG_ANSWERS: sample 0, output '");
            });
  }

  @Test
  void whatEndsTheProcessAgainAndAgainIsNotTriedAgainUntilItIsReleasedAnew(
      @TempDir Path directory) {
    fleet.dataDirectory = Optional.of(directory);
    serveTheFirstVersion();
    fleet.run(LONGER_THAN_PROBATION);
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
    crashThrice();
    requireReturned();
    fleet.coordinator.kill();
    fleet.coordinator.start();
    requireReturned();
    ModelName faces = new ModelName("faces-small");
    fleet.register(faces);
    assertThat(fleet.served(faces)).contains(1);
    requireReturned();
    setHardware("board-a");
    requireReturned();
    fleet.stopAgent();
    fleet.startAgent();
    requireReturned();
    fleet.run(LONGER_THAN_PROBATION);

    long before = newestCounter();
    ReleaseRecord anew =
        fleet.done(
            fleet.coordinator.operations().releaseAgain(ReleasedFleet.MODEL, new ModelVersion(2)));
    assertThat(anew.counter()).isGreaterThan(before);
    fleet.run(Duration.ofMinutes(1));
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.reported())
        .allSatisfy(state -> assertThat(state.status()).isEqualTo(Status.SERVING));

    crashThrice();
    requireReturned();
    fleet.coordinator.kill();
    fleet.coordinator.start();
    requireReturned();
  }

  private void crashThrice() {
    for (int i = 0; i < 3; i++) {
      fleet.stopAgent();
      fleet.startAgent();
    }
  }

  /** It serves version 1, says why it does not serve version 2, and stays with that. */
  private void requireReturned() {
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.reported())
        .anySatisfy(
            state -> {
              assertThat(state.version().number()).isEqualTo(2);
              assertThat(state.status()).isEqualTo(Status.REFUSED);
              assertThat(state.detail()).contains("the agent's process ended 3 times");
            });
  }

  private long newestCounter() {
    return fleet
        .done(fleet.coordinator.operations().releases(ReleasedFleet.MODEL))
        .get(0)
        .counter();
  }

  @Test
  void whatIsServedGoesOnUndisturbedWhenItIsReleasedAnew() throws Exception {
    serveTheFirstVersion();
    String topic = fleet.topics.agent(ReleasedFleet.AGENT, AgentChannel.REPORTED);
    int before = fleet.recording.on(topic).size();
    fleet.done(
        fleet.coordinator.operations().releaseAgain(ReleasedFleet.MODEL, new ModelVersion(1)));
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.recording.on(topic)).hasSize(before);
    fleet.nextVersion();
    assertThat(fleet.served()).contains(2);
  }

  @Test
  void onlyTheNewestReleaseIsReleasedAnew() {
    serveTheFirstVersion();
    fleet.nextVersion();
    var operations = fleet.coordinator.operations();
    requireRefused(
        operations.releaseAgain(ReleasedFleet.MODEL, new ModelVersion(1)),
        OperationException.Kind.CONFLICT);
    requireRefused(
        operations.releaseAgain(ReleasedFleet.MODEL, new ModelVersion(9)),
        OperationException.Kind.NOT_FOUND);
  }

  @Test
  void whatCannotBeGoneBackToIsRefused() {
    serveTheFirstVersion();
    requireRefusal(new ModelVersion(9), OperationException.Kind.NOT_FOUND);
    requireRefusal(new ModelVersion(1), OperationException.Kind.CONFLICT);
  }

  private void requireRefusal(ModelVersion version, OperationException.Kind kind) {
    requireRefused(fleet.coordinator.operations().rollBack(ReleasedFleet.MODEL, version), kind);
  }

  private void requireRefused(CompletionStage<?> refused, OperationException.Kind kind) {
    assertThatThrownBy(() -> fleet.done(refused))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            OperationException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
