package io.covey.coordinator.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Selection;
import io.covey.crypto.release.SignedDocument;
import io.covey.crypto.release.TargetsDocument;
import io.covey.crypto.release.TimestampDocument;
import io.covey.crypto.release.TrustedMetadata;
import io.covey.crypto.release.Update;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DocumentMakerTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final FleetId FLEET = new FleetId("barn");
  private static final Audience.Device DEVICE =
      new Audience.Device(new AgentId("kitchen"), "any", Set.of());

  private final ReleaseKeys keys = keys(1);
  private final DocumentMaker maker = new DocumentMaker(keys, Lifetimes.STANDARD);

  private static ReleaseKeys keys(long seed) {
    return TrialAuthority.insecureSeeded(FLEET, new Ed25519(), seed)
        .coordinator()
        .releases()
        .orElseThrow();
  }

  private static Release release(String model, int version) {
    TreeMap<FileRole, SealedFile> files = new TreeMap<>();
    files.put(
        FileRole.GRAPH,
        new SealedFile(
            Sha256.of(new byte[] {(byte) version}),
            10,
            Sha256.of(new byte[] {(byte) version, 1}),
            SealedLayout.of(10).sealedBytes()));
    return new Release(
        new ModelName(model), new ModelVersion(version), version, files, Audience.ALL, 0, 0);
  }

  private static TrustedMetadata follow(ReleaseKeys keys, Map<String, Octets> said, Instant now)
      throws MalformedReleaseException {
    TrustedMetadata device = TrustedMetadata.trusting(keys.roots().get(0), keys.signer());
    device = accepted(device.acceptTimestamp(document(said, "timestamp"), now));
    device = accepted(device.acceptSnapshot(document(said, "snapshot"), now));
    device = accepted(device.acceptTargets("targets", document(said, "targets/targets"), now));
    for (String path : said.keySet()) {
      if (path.startsWith("targets/") && !path.equals("targets/targets")) {
        String name = path.substring("targets/".length());
        device = accepted(device.acceptTargets(name, document(said, path), now));
      }
    }
    return device;
  }

  private static TrustedMetadata accepted(Update update) {
    assertThat(update).isInstanceOf(Update.Accepted.class);
    return ((Update.Accepted) update).next();
  }

  private static Octets document(Map<String, Octets> said, String path) {
    return Objects.requireNonNull(said.get(path), path);
  }

  @Test
  void aDeviceFollowsWhatIsMadeAndIsOfferedEveryModel() throws Exception {
    List<Release> releases = List.of(release("digits", 3), release("digits-small", 1));
    TrustedMetadata device = follow(keys, maker.next(Map.of(), releases, NOW), NOW);
    for (Release release : releases) {
      assertThat(device.select(release.model(), DEVICE, NOW))
          .isInstanceOfSatisfying(
              Selection.Offered.class, offered -> assertThat(offered.release()).isEqualTo(release));
    }
  }

  @Test
  void whatSaysTheSameIsNotMadeAnew() {
    List<Release> releases = List.of(release("digits", 1), release("faces", 1));
    Map<String, Octets> first = maker.next(Map.of(), releases, NOW);
    assertThat(maker.next(first, releases, NOW.plusSeconds(60))).isEqualTo(first);

    List<Release> more = List.of(release("digits", 2), release("faces", 1));
    Map<String, Octets> second = maker.next(first, more, NOW.plusSeconds(60));
    assertThat(second.keySet()).isEqualTo(first.keySet());
    assertThat(changed(first, second))
        .containsExactlyInAnyOrder("targets/digits", "snapshot", "timestamp");
  }

  private static List<String> changed(Map<String, Octets> before, Map<String, Octets> after) {
    return after.keySet().stream()
        .filter(
            path ->
                !Optional.of(document(after, path)).equals(Optional.ofNullable(before.get(path))))
        .toList();
  }

  @Test
  void timestampsAreRenewedOftenAndTheOthersAtHalfTheirTime() {
    List<Release> releases = List.of(release("digits", 1));
    Map<String, Octets> first = maker.next(Map.of(), releases, NOW);
    Map<String, Octets> sixHours = maker.next(first, releases, NOW.plus(Duration.ofHours(6)));
    assertThat(changed(first, sixHours)).containsExactly("timestamp");
    Map<String, Octets> half = maker.next(first, releases, NOW.plus(Duration.ofDays(46)));
    assertThat(changed(first, half)).containsExactlyInAnyOrderElementsOf(first.keySet());
  }

  @Test
  void aClockThatWasAheadIsMadeUpFor() throws Exception {
    List<Release> releases = List.of(release("digits", 1));
    Map<String, Octets> ahead = maker.next(Map.of(), releases, NOW.plus(Duration.ofDays(3650)));
    Map<String, Octets> right = maker.next(ahead, releases, NOW);
    assertThat(changed(ahead, right)).containsExactlyInAnyOrderElementsOf(ahead.keySet());
    assertThat(follow(keys, right, NOW).rootVersion()).isEqualTo(1);
  }

  @Test
  void versionsRiseAlsoWhenTheDatabaseWasLost() throws Exception {
    List<Release> releases = List.of(release("digits", 1));
    Map<String, Octets> seen = maker.next(Map.of(), releases, NOW);
    Map<String, Octets> again = maker.next(Map.of(), releases, NOW.plusSeconds(1));
    assertThat(timestampOf(again).header().version())
        .isGreaterThan(timestampOf(seen).header().version());
    assertThat(timestampOf(again).snapshot().version())
        .isGreaterThan(timestampOf(seen).snapshot().version());
  }

  private static TimestampDocument timestampOf(Map<String, Octets> said)
      throws MalformedReleaseException {
    return TimestampDocument.decode(SignedDocument.decode(document(said, "timestamp")).document());
  }

  @Test
  void whatOtherKeysHaveSignedOrNobodyCanReadIsMadeAnew() throws Exception {
    List<Release> releases = List.of(release("digits", 1));
    ReleaseKeys replaced = keys(2);
    Map<String, Octets> before = new TreeMap<>(maker.next(Map.of(), releases, NOW));
    before.put("snapshot", Octets.copyOf(new byte[] {9}));
    Map<String, Octets> next =
        new DocumentMaker(replaced, Lifetimes.STANDARD).next(before, releases, NOW);
    assertThat(changed(before, next)).containsExactlyInAnyOrderElementsOf(before.keySet());
    assertThat(follow(replaced, next, NOW).rootVersion()).isEqualTo(1);
  }

  @Test
  void familiesBeyondTheBoundAndTheOneNamedAsTheTopDocumentStayInIt() throws Exception {
    List<Release> releases = new ArrayList<>();
    for (int i = 0; i < TargetsDocument.MOST_DELEGATIONS + 2; i++) {
      releases.add(release("m%03d".formatted(i), 1));
    }
    releases.add(release("targets-small", 1));
    Map<String, Octets> said = maker.next(Map.of(), releases, NOW);
    assertThat(said).hasSize(TargetsDocument.MOST_DELEGATIONS + 3);
    TrustedMetadata device = follow(keys, said, NOW);
    for (String model : List.of("m000", "m065", "targets-small")) {
      assertThat(device.select(new ModelName(model), DEVICE, NOW))
          .as(model)
          .isInstanceOf(Selection.Offered.class);
    }
    // Who is delegated once stays so, whatever else comes.
    List<Release> later = new ArrayList<>(releases);
    later.add(0, release("a", 1));
    assertThat(changed(said, maker.next(said, later, NOW)))
        .containsExactlyInAnyOrder("targets/targets", "snapshot", "timestamp");
  }

  @Test
  void lifetimesThatLeaveNoRoomForFailuresAreRefused() {
    assertThatThrownBy(
            () -> new Lifetimes(Duration.ofHours(2), Duration.ofDays(1), Duration.ofHours(1)))
        .hasMessageContaining("three times");
    assertThatThrownBy(
            () -> new Lifetimes(Duration.ofDays(1), Duration.ofHours(1), Duration.ofHours(1)))
        .hasMessageContaining("no less than timestamps");
  }
}
