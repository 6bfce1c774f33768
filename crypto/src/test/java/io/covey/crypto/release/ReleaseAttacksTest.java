package io.covey.crypto.release;

import static io.covey.crypto.release.TestRepository.DEVICE;
import static io.covey.crypto.release.TestRepository.DIGITS;
import static io.covey.crypto.release.TestRepository.FACES;
import static io.covey.crypto.release.TestRepository.FLEET;
import static io.covey.crypto.release.TestRepository.NOW;
import static io.covey.crypto.release.TestRepository.accepted;
import static io.covey.crypto.release.TestRepository.audience;
import static io.covey.crypto.release.TestRepository.follow;
import static io.covey.crypto.release.TestRepository.keys;
import static io.covey.crypto.release.TestRepository.release;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.KeepServing.Reason;
import io.covey.crypto.release.Selection.Offered;
import io.covey.crypto.release.TestRepository.Documents;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The attacks that TUF (section 1.5.2) and Uptane (section 3) list, each tried. */
class ReleaseAttacksTest {
  private final TestRepository repository = new TestRepository();
  private final Documents first = repository.documents();
  private final TrustedMetadata device = follow(repository.factory(), first, NOW);

  @Test
  void releaseIsOfferedWhenNothingIsWrong() {
    assertThat(offered(device, DIGITS).release()).isEqualTo(repository.familyReleases.get(0));
    assertThat(offered(device, FACES).release()).isEqualTo(repository.topReleases.get(0));
  }

  // Arbitrary model

  @Test
  void arbitraryModelBySomebodyWithoutKeysIsRefused() {
    repository.timestampSigners = new int[] {99};
    refused(device.acceptTimestamp(repository.nextDocuments().timestamp(), NOW), Reason.NOT_SIGNED);
  }

  @Test
  void arbitraryModelByTheTimestampAndSnapshotKeysIsRefused() {
    repository.targetsSigners = new int[] {10, 20};
    repository.topReleases.set(0, release(FACES, 66, 66, Audience.ALL));
    Documents forged = repository.nextDocuments();
    TrustedMetadata next = accepted(device.acceptTimestamp(forged.timestamp(), NOW));
    next = accepted(next.acceptSnapshot(forged.snapshot(), NOW));
    refused(next.acceptTargets(TargetsDocument.TOP, forged.targets(), NOW), Reason.NOT_SIGNED);
    refused(next.select(FACES, DEVICE, NOW), Reason.INCOMPLETE);
  }

  @Test
  void arbitraryModelOfAnotherFamilyIsNotTaken() {
    repository.familyReleases.add(release(FACES, 66, 66, Audience.ALL));
    repository.familyReleases.add(release(new ModelName("voices"), 66, 66, Audience.ALL));
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    assertThat(offered(next, FACES).release().counter()).isEqualTo(1);
    refused(next.select(new ModelName("voices"), DEVICE, NOW), Reason.NO_RELEASE);
  }

  @Test
  void familyHasTheModelsOfItsPrefixAndNoOthers() {
    ModelName small = new ModelName("digits-small");
    ModelName looksSo = new ModelName("digitsmall");
    repository.familyReleases.add(release(small, 1, 1, Audience.ALL));
    repository.familyReleases.add(release(looksSo, 1, 1, Audience.ALL));
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    assertThat(offered(next, small).release().model()).isEqualTo(small);
    refused(next.select(looksSo, DEVICE, NOW), Reason.NO_RELEASE);
  }

  @Test
  void documentOfAnotherFleetIsRefused() {
    repository.fleet = new FleetId("other");
    refused(
        device.acceptTimestamp(repository.nextDocuments().timestamp(), NOW), Reason.OTHER_FLEET);
  }

  /** The same keys sign both: the label keeps them apart. */
  @Test
  void documentOfAnotherKindIsRefused() {
    repository.roles.replaceAll((role, keys) -> keys(1, 0));
    repository.timestampSigners = new int[] {0};
    TrustedMetadata careless = accepted(device.acceptRoot(repository.root(2, 0, 1)));
    Octets root = repository.root(3, 0);
    refused(careless.acceptTimestamp(root, NOW), Reason.MALFORMED);
  }

  // Rollback and replay

  @Test
  void rollbackOfTheTimestampIsRefused() {
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    refused(next.acceptTimestamp(first.timestamp(), NOW), Reason.ROLLBACK);
  }

  @Test
  void rollbackOfTheTimestampOfTheSameSnapshotIsRefused() {
    repository.timestampVersion = 2;
    TrustedMetadata next =
        accepted(device.acceptTimestamp(repository.documents().timestamp(), NOW));
    refused(next.acceptTimestamp(first.timestamp(), NOW), Reason.ROLLBACK);
  }

  @Test
  void replayOfTheSameTimestampChangesNothing() {
    assertThat(device.acceptTimestamp(first.timestamp(), NOW))
        .isEqualTo(new Update.Accepted(device));
  }

  @Test
  void replayOfAnOlderSnapshotUnderANewTimestampIsRefused() {
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    repository.snapshotVersion = 1;
    repository.timestampVersion = 3;
    refused(next.acceptTimestamp(repository.documents().timestamp(), NOW), Reason.ROLLBACK);
  }

  @Test
  void twoTimestampsOfOneVersionAreRefused() {
    repository.snapshotVersion = 2;
    refused(device.acceptTimestamp(repository.documents().timestamp(), NOW), Reason.CONFLICTING);
  }

  @Test
  void twoSnapshotsOfOneVersionAreRefused() {
    repository.timestampVersion = 2;
    repository.familyVersion = 2;
    refused(device.acceptTimestamp(repository.documents().timestamp(), NOW), Reason.CONFLICTING);
  }

  @Test
  void rollbackOfTargetsByTheSnapshotIsRefused() {
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    repository.nextDocuments();
    repository.familyVersion = 1;
    Documents older = repository.documents();
    next = accepted(next.acceptTimestamp(older.timestamp(), NOW));
    refused(next.acceptSnapshot(older.snapshot(), NOW), Reason.ROLLBACK);
  }

  @Test
  void rollbackOfAReleaseIsRefused() {
    repository.familyReleases.set(0, release(DIGITS, 5, 5, Audience.ALL));
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    next = next.taking(offered(next, DIGITS));
    repository.familyReleases.set(0, release(DIGITS, 4, 4, Audience.ALL));
    next = follow(next, repository.nextDocuments(), NOW);
    refused(next.select(DIGITS, DEVICE, NOW), Reason.OLD_RELEASE);
  }

  @Test
  void deliberateRollbackIsAReleaseWithHigherCounterOfOlderFiles() {
    repository.familyReleases.set(0, release(DIGITS, 5, 5, Audience.ALL));
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    next = next.taking(offered(next, DIGITS));
    refused(next.select(DIGITS, DEVICE, NOW), Reason.ALREADY_TAKEN);

    Release back = release(DIGITS, 4, 6, Audience.ALL);
    repository.familyReleases.set(0, back);
    next = follow(next, repository.nextDocuments(), NOW);
    assertThat(offered(next, DIGITS).release()).isEqualTo(back);
    assertThat(back.binding(FLEET))
        .as("the old version's content key and files serve again")
        .isEqualTo(release(DIGITS, 4, 4, Audience.ALL).binding(FLEET));
  }

  // Freeze

  @Test
  void freezeShowsWhenTheTimestampExpires() {
    Instant before = NOW.plus(Duration.ofDays(1)).minusSeconds(1);
    Instant after = NOW.plus(Duration.ofDays(1));
    assertThat(device.select(DIGITS, DEVICE, before)).isInstanceOf(Offered.class);
    refused(device.select(DIGITS, DEVICE, after), Reason.EXPIRED);
    refused(device.acceptTimestamp(first.timestamp(), after), Reason.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 91, 366})
  void freshTimestampDoesNotFreshenExpiredDocuments(int days) {
    Instant later = NOW.plus(Duration.ofDays(days));
    SignedDocument snapshot = decoded(first.snapshot());
    repository.time = later;
    repository.timestampVersion = 2;
    Octets timestamp = repository.timestamp(DocumentReference.to(1, snapshot));
    Update update = device.acceptTimestamp(timestamp, later);
    if (days > 365) {
      refused(update, Reason.EXPIRED);
    } else {
      refused(accepted(update).select(DIGITS, DEVICE, later), Reason.EXPIRED);
    }
  }

  @Test
  void nothingIsTakenUnderAnExpiredRoot() {
    Instant last = NOW.plus(Duration.ofDays(365)).minusSeconds(1);
    repository.time = last;
    TrustedMetadata next = follow(device, repository.nextDocuments(), last);
    assertThat(next.select(DIGITS, DEVICE, last)).isInstanceOf(Offered.class);
    refused(next.select(DIGITS, DEVICE, last.plusSeconds(1)), Reason.EXPIRED);
  }

  // Mix and match

  @Test
  void mixAndMatchOfSnapshotsIsRefused() {
    Documents second = repository.nextDocuments();
    TrustedMetadata next = accepted(device.acceptTimestamp(second.timestamp(), NOW));
    refused(next.acceptSnapshot(first.snapshot(), NOW), Reason.NOT_AS_REFERENCED);
  }

  @Test
  void mixAndMatchOfTargetsIsRefused() {
    Documents second = repository.nextDocuments();
    TrustedMetadata next = accepted(device.acceptTimestamp(second.timestamp(), NOW));
    next = accepted(next.acceptSnapshot(second.snapshot(), NOW));
    refused(
        next.acceptTargets(TargetsDocument.TOP, first.targets(), NOW), Reason.NOT_AS_REFERENCED);
    refused(
        next.acceptTargets(TargetsDocument.TOP, second.family(), NOW), Reason.NOT_AS_REFERENCED);
    refused(next.acceptTargets(DIGITS.value(), first.family(), NOW), Reason.NOT_AS_REFERENCED);
    refused(next.acceptTargets("nobody", first.family(), NOW), Reason.NOT_AS_REFERENCED);
  }

  /** By the timestamp's key: the older snapshot under a newer number. */
  @Test
  void documentOfAnotherVersionThanItsReferenceSaysIsRefused() {
    DocumentReference honest = DocumentReference.to(1, decoded(first.snapshot()));
    repository.timestampVersion = 2;
    Octets lie = repository.timestamp(new DocumentReference(2, honest.bytes(), honest.digest()));
    TrustedMetadata next = accepted(device.acceptTimestamp(lie, NOW));
    refused(next.acceptSnapshot(first.snapshot(), NOW), Reason.NOT_AS_REFERENCED);
  }

  /** By the snapshot's key, where two families have the same key. */
  @Test
  void documentOfAnotherFamilyIsRefused() {
    repository.delegations.add(new Delegation(new ModelName("voices"), keys(1, 40)));
    Documents second = repository.nextDocuments();
    TreeMap<String, DocumentReference> mixed = new TreeMap<>();
    mixed.put(TargetsDocument.TOP, DocumentReference.to(2, decoded(second.targets())));
    mixed.put(DIGITS.value(), DocumentReference.to(2, decoded(second.family())));
    mixed.put("voices", DocumentReference.to(2, decoded(second.family())));
    SignedDocument snapshot =
        TestRepository.signed(
            new SnapshotDocument(repository.header(2, Duration.ofDays(1)), mixed).encode(), 20);
    TrustedMetadata next =
        accepted(
            device.acceptTimestamp(repository.timestamp(DocumentReference.to(2, snapshot)), NOW));
    next = accepted(next.acceptSnapshot(snapshot.encode(), NOW));
    next = accepted(next.acceptTargets(TargetsDocument.TOP, second.targets(), NOW));
    assertThat(next.acceptTargets(DIGITS.value(), second.family(), NOW))
        .isInstanceOf(Update.Accepted.class);
    refused(next.acceptTargets("voices", second.family(), NOW), Reason.NOT_AS_REFERENCED);
  }

  @Test
  void halfAnUpdateIsNone() {
    repository.familyReleases.set(0, release(DIGITS, 2, 2, Audience.ALL));
    Documents second = repository.nextDocuments();
    TrustedMetadata next = accepted(device.acceptTimestamp(second.timestamp(), NOW));
    assertIncomplete(next, TrustedMetadata.WantedDocument.SNAPSHOT);
    next = accepted(next.acceptSnapshot(second.snapshot(), NOW));
    assertIncomplete(next, TargetsDocument.TOP);
    next = accepted(next.acceptTargets(TargetsDocument.TOP, second.targets(), NOW));
    assertIncomplete(next, DIGITS.value());
    next = accepted(next.acceptTargets(DIGITS.value(), second.family(), NOW));
    assertThat(next.wanted(DIGITS)).isEmpty();
    assertThat(offered(next, DIGITS).release().counter()).isEqualTo(2);
  }

  private static void assertIncomplete(TrustedMetadata metadata, String wanted) {
    refused(metadata.select(DIGITS, DEVICE, NOW), Reason.INCOMPLETE);
    assertThat(metadata.wanted(DIGITS).orElseThrow().name()).isEqualTo(wanted);
  }

  @Test
  void documentsBeforeTheirTimestampAreRefused() {
    TrustedMetadata fresh = repository.factory();
    refused(fresh.acceptSnapshot(first.snapshot(), NOW), Reason.INCOMPLETE);
    refused(fresh.acceptTargets(TargetsDocument.TOP, first.targets(), NOW), Reason.INCOMPLETE);
    refused(fresh.select(DIGITS, DEVICE, NOW), Reason.INCOMPLETE);
    assertThat(fresh.wanted(DIGITS).orElseThrow().name()).isEqualTo("timestamp");
  }

  // Fast-forward

  @Test
  void fastForwardOfTheTimestampIsRecoveredFromByNewKeys() {
    repository.timestampVersion = Long.MAX_VALUE;
    repository.snapshotVersion = Long.MAX_VALUE;
    TrustedMetadata forwarded = follow(device, repository.documents(), NOW);
    repository.timestampVersion = 2;
    repository.snapshotVersion = 2;
    refused(forwarded.acceptTimestamp(repository.documents().timestamp(), NOW), Reason.ROLLBACK);

    repository.roles.put(Role.TIMESTAMP, keys(1, 11));
    repository.roles.put(Role.SNAPSHOT, keys(1, 21));
    repository.timestampSigners = new int[] {11};
    repository.snapshotSigners = new int[] {21};
    TrustedMetadata recovered = accepted(forwarded.acceptRoot(repository.root(2, 0, 1)));
    recovered = follow(recovered, repository.documents(), NOW);
    assertThat(offered(recovered, DIGITS).release().counter()).isEqualTo(1);
  }

  @Test
  void fastForwardOfACounterIsRecoveredFromByNewKeys() {
    repository.familyReleases.set(0, release(DIGITS, 66, Long.MAX_VALUE, Audience.ALL));
    TrustedMetadata forwarded = follow(device, repository.nextDocuments(), NOW);
    forwarded = forwarded.taking(offered(forwarded, DIGITS));
    Release good = release(DIGITS, 2, 2, Audience.ALL);
    repository.familyReleases.set(0, good);
    TrustedMetadata stuck = follow(forwarded, repository.nextDocuments(), NOW);
    refused(stuck.select(DIGITS, DEVICE, NOW), Reason.OLD_RELEASE);

    repository.delegations.set(0, new Delegation(DIGITS, keys(1, 41)));
    repository.familySigners = new int[] {41};
    TrustedMetadata recovered = follow(stuck, repository.nextDocuments(), NOW);
    assertThat(offered(recovered, DIGITS).release()).isEqualTo(good);
  }

  /** Otherwise adding a key would let whoever replays old releases back in. */
  @Test
  void countersStayWhenTheFamilyGetsAFurtherKey() {
    repository.familyReleases.set(0, release(DIGITS, 5, 5, Audience.ALL));
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    next = next.taking(offered(next, DIGITS));
    repository.delegations.set(0, new Delegation(DIGITS, keys(1, 40, 41)));
    repository.familyReleases.set(0, release(DIGITS, 4, 4, Audience.ALL));
    next = follow(next, repository.nextDocuments(), NOW);
    refused(next.select(DIGITS, DEVICE, NOW), Reason.OLD_RELEASE);
  }

  // Endless data

  @Test
  void endlessDataIsRefused() {
    Octets endless =
        Octets.owning(
            Arrays.copyOf(first.timestamp().toBytes(), SignedDocument.MAXIMUM_ENCODED_BYTES + 1));
    refused(device.acceptTimestamp(endless, NOW), Reason.MALFORMED);
    refused(device.acceptRoot(endless), Reason.MALFORMED);
    refused(device.acceptSnapshot(endless, NOW), Reason.NOT_AS_REFERENCED);
    assertThat(device.wanted(FACES)).isEmpty();
    TrustedMetadata next =
        accepted(device.acceptTimestamp(repository.nextDocuments().timestamp(), NOW));
    assertThat(next.wanted(FACES).orElseThrow().reference().orElseThrow().bytes())
        .as("how much is fetched at most")
        .isLessThan(1000);
  }

  // Wrong device, wrong hardware

  @Test
  void releaseForOtherHardwareIsRefused() {
    repository.familyReleases.set(
        0, release(DIGITS, 2, 2, audience(Set.of("board-b"), Set.of(), Set.of())));
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    refused(next.select(DIGITS, DEVICE, NOW), Reason.OTHER_HARDWARE);
  }

  @Test
  void releaseForOtherDevicesIsRefused() {
    AgentId other = new AgentId("device-2");
    for (Audience audience :
        List.of(
            audience(Set.of("board-a"), Set.of(), Set.of(other)),
            audience(Set.of(), Set.of(new GroupName("doors")), Set.of()),
            audience(Set.of(), Set.of(new GroupName("doors")), Set.of(DEVICE.agent())))) {
      repository.familyReleases.set(0, release(DIGITS, 2, 2, audience));
      TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
      refused(next.select(DIGITS, DEVICE, NOW), Reason.OTHER_DEVICE);
    }
  }

  @Test
  void deviceGetsTheReleaseThatIsForIt() {
    Release forOthers = release(DIGITS, 3, 3, audience(Set.of("board-b"), Set.of(), Set.of()));
    Release forCameras =
        release(
            DIGITS, 2, 2, audience(Set.of("board-a"), Set.of(new GroupName("cameras")), Set.of()));
    repository.familyReleases = List.of(forOthers, forCameras);
    TrustedMetadata next = follow(device, repository.nextDocuments(), NOW);
    assertThat(offered(next, DIGITS).release()).isEqualTo(forCameras);
  }

  // Partial bundle

  @Test
  void partialBundleDoesNotServe() {
    Release release = repository.familyReleases.get(0);
    assertThat(release.missing(file -> true)).isEmpty();
    assertThat(release.missing(file -> file.equals(release.files().get(FileRole.SERVING))))
        .containsExactly(FileRole.SAMPLE_INPUTS, FileRole.EXPECTED_OUTPUTS);
  }

  // Key compromise

  @Test
  void keyCompromiseBelowTheThresholdIsRefused() {
    repository.targetsSigners = new int[] {31};
    Documents forged = repository.nextDocuments();
    TrustedMetadata next = accepted(device.acceptTimestamp(forged.timestamp(), NOW));
    next = accepted(next.acceptSnapshot(forged.snapshot(), NOW));
    refused(next.acceptTargets(TargetsDocument.TOP, forged.targets(), NOW), Reason.NOT_SIGNED);
  }

  @Test
  void oneRootKeyMakesNoRoot() {
    refused(device.acceptRoot(repository.root(2, 0)), Reason.NOT_SIGNED);
    refused(device.acceptRoot(repository.root(2, 0, 99)), Reason.NOT_SIGNED);
  }

  @Test
  void signaturesUnderTheNamesOfOtherKeysDoNotCount() {
    SignedDocument root = decoded(repository.root(2, 0));
    Octets signature = root.signatures().get(root.signatures().firstKey());
    SignedDocument twice = decoded(repository.root(2, 0));
    TreeMap<KeyId, Octets> signatures = new TreeMap<>(twice.signatures());
    signatures.put(
        KeyId.of(TestRepository.SIGNER.publicKeyOf(TestRepository.privateKey(1))), signature);
    refused(
        device.acceptRoot(new SignedDocument(root.document(), signatures).encode()),
        Reason.NOT_SIGNED);
  }

  // Root rotation

  @Test
  void rootIsRotatedBySignaturesOfOldAndNewKeys() {
    repository.roles.put(Role.ROOT, keys(2, 3, 4, 5));
    refused(device.acceptRoot(repository.root(2, 3, 4)), Reason.NOT_SIGNED);
    refused(device.acceptRoot(repository.root(2, 0, 1)), Reason.NOT_SIGNED);
    refused(device.acceptRoot(repository.root(2, 0, 1, 3)), Reason.NOT_SIGNED);
    TrustedMetadata rotated = accepted(device.acceptRoot(repository.root(2, 0, 1, 3, 4)));
    assertThat(rotated.rootVersion()).isEqualTo(2);
    refused(rotated.acceptRoot(repository.root(3, 0, 1)), Reason.NOT_SIGNED);
    assertThat(accepted(rotated.acceptRoot(repository.root(3, 3, 5))).rootVersion()).isEqualTo(3);
  }

  @Test
  void rootsAreTakenOneAfterAnother() {
    refused(device.acceptRoot(repository.root(1, 0, 1)), Reason.NOT_THE_NEXT_ROOT);
    refused(device.acceptRoot(repository.root(3, 0, 1)), Reason.NOT_THE_NEXT_ROOT);
    TrustedMetadata second = accepted(device.acceptRoot(repository.root(2, 0, 1)));
    refused(second.acceptRoot(repository.root(2, 0, 1)), Reason.NOT_THE_NEXT_ROOT);
  }

  @Test
  void rotationThatKeepsTheOtherKeysKeepsWhatIsTrusted() {
    repository.roles.put(Role.ROOT, keys(1, 3));
    TrustedMetadata rotated = accepted(device.acceptRoot(repository.root(2, 0, 1, 3)));
    assertThat(offered(rotated, DIGITS)).isEqualTo(offered(device, DIGITS));
  }

  @Test
  void targetsThatNewKeysHaveNotSignedAreForgotten() {
    repository.roles.put(Role.TARGETS, keys(1, 33));
    TrustedMetadata rotated = accepted(device.acceptRoot(repository.root(2, 0, 1)));
    assertIncomplete(rotated, TargetsDocument.TOP);
    refused(rotated.acceptTargets(TargetsDocument.TOP, first.targets(), NOW), Reason.NOT_SIGNED);
  }

  @Test
  void familyThatIsDelegatedNoMoreIsForgotten() {
    repository.delegations.clear();
    Documents second = repository.nextDocuments();
    TrustedMetadata next = accepted(device.acceptTimestamp(second.timestamp(), NOW));
    next = accepted(next.acceptSnapshot(second.snapshot(), NOW));
    next = accepted(next.acceptTargets(TargetsDocument.TOP, second.targets(), NOW));
    refused(next.select(DIGITS, DEVICE, NOW), Reason.NO_RELEASE);
    refused(next.acceptTargets(DIGITS.value(), second.family(), NOW), Reason.NOT_AS_REFERENCED);
  }

  // Clocks

  @Test
  void clockThatIsTenYearsAheadTakesNothing() {
    Instant ahead = NOW.plus(Duration.ofDays(3652));
    refused(device.select(DIGITS, DEVICE, ahead), Reason.EXPIRED);
    refused(device.acceptTimestamp(repository.nextDocuments().timestamp(), ahead), Reason.EXPIRED);
  }

  @Test
  void clockThatIsTenYearsBehindTakesNothing() {
    Instant behind = NOW.minus(Duration.ofDays(3652));
    refused(device.select(DIGITS, DEVICE, behind), Reason.CLOCK_BEHIND);
    refused(
        device.acceptTimestamp(repository.nextDocuments().timestamp(), behind),
        Reason.CLOCK_BEHIND);
  }

  @Test
  void clockThatIsRightAgainGoesOnWhereItWas() {
    Instant behind = NOW.minus(Duration.ofDays(3652));
    refused(device.select(DIGITS, DEVICE, behind), Reason.CLOCK_BEHIND);
    assertThat(device.select(DIGITS, DEVICE, NOW)).isInstanceOf(Offered.class);
    Instant little = NOW.minus(Duration.ofMinutes(5));
    assertThat(device.select(DIGITS, DEVICE, little)).isInstanceOf(Offered.class);
    refused(device.select(DIGITS, DEVICE, little.minusSeconds(1)), Reason.CLOCK_BEHIND);
  }

  private static Offered offered(TrustedMetadata metadata, ModelName model) {
    Selection selection = metadata.select(model, DEVICE, NOW);
    assertThat(selection).isInstanceOf(Offered.class);
    return (Offered) selection;
  }

  private static SignedDocument decoded(Octets encoded) {
    try {
      return SignedDocument.decode(encoded);
    } catch (MalformedReleaseException e) {
      throw new AssertionError(e);
    }
  }

  private static void refused(Object answer, Reason reason) {
    assertThat(answer).isInstanceOf(KeepServing.class);
    assertThat(((KeepServing) answer).reason())
        .as(((KeepServing) answer).detail())
        .isEqualTo(reason);
  }
}
