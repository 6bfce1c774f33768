package io.covey.crypto.release;

import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A fleet's repository with keys for every role, which says whatever a test wants it to say. Keys
 * have numbers; key 0 to 2 are the root's, of which two have to sign, 10 the timestamp's, 20 the
 * snapshot's, 30 to 32 the targets', of which two have to sign, 40 the family's "digits".
 */
final class TestRepository {
  static final Signer SIGNER = new Ed25519();
  static final FleetId FLEET = new FleetId("fleet");
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  static final ModelName DIGITS = new ModelName("digits");
  static final ModelName FACES = new ModelName("faces");
  static final Audience.Device DEVICE =
      new Audience.Device(new AgentId("device-1"), "board-a", Set.of(new GroupName("cameras")));

  FleetId fleet = FLEET;
  Instant time = NOW;
  Map<Role, RoleKeys> roles =
      new EnumMap<>(
          Map.of(
              Role.ROOT, keys(2, 0, 1, 2),
              Role.TIMESTAMP, keys(1, 10),
              Role.SNAPSHOT, keys(1, 20),
              Role.TARGETS, keys(2, 30, 31, 32)));
  List<Delegation> delegations = new ArrayList<>(List.of(new Delegation(DIGITS, keys(1, 40))));
  int[] timestampSigners = {10};
  int[] snapshotSigners = {20};
  int[] targetsSigners = {30, 31};
  int[] familySigners = {40};
  long timestampVersion = 1;
  long snapshotVersion = 1;
  long targetsVersion = 1;
  long familyVersion = 1;
  List<Release> topReleases = new ArrayList<>(List.of(release(FACES, 1, 1, Audience.ALL)));
  List<Release> familyReleases = new ArrayList<>(List.of(release(DIGITS, 1, 1, Audience.ALL)));

  /** One consistent set of documents. */
  record Documents(Octets timestamp, Octets snapshot, Octets targets, Octets family) {}

  static SecretBytes privateKey(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) number;
    key[1] = 1;
    return SecretBytes.owning(key);
  }

  static RoleKeys keys(int threshold, int... numbers) {
    return new RoleKeys(
        threshold, IntStream.of(numbers).mapToObj(n -> SIGNER.publicKeyOf(privateKey(n))).toList());
  }

  static SignedDocument signed(Octets document, int... numbers) {
    return SignedDocument.sign(
        document, IntStream.of(numbers).mapToObj(TestRepository::privateKey).toList(), SIGNER);
  }

  static SealedFile file(int seed) {
    return new SealedFile(
        Sha256.of(new byte[] {1, (byte) seed}),
        1000,
        Sha256.of(new byte[] {2, (byte) seed}),
        SealedLayout.of(1000).sealedBytes());
  }

  static Release release(ModelName model, int version, long counter, Audience audience) {
    SortedMap<FileRole, SealedFile> files = new TreeMap<>();
    files.put(FileRole.SERVING, file(version));
    files.put(FileRole.SAMPLE_INPUTS, file(100 + version));
    files.put(FileRole.EXPECTED_OUTPUTS, file(200 + version));
    return new Release(model, new ModelVersion(version), counter, files, audience, 3, 0.001);
  }

  DocumentHeader header(long version, Duration life) {
    return new DocumentHeader(
        fleet, version, time.getEpochSecond(), time.plus(life).getEpochSecond());
  }

  Octets root(long version, int... signers) {
    RootDocument document = new RootDocument(header(version, Duration.ofDays(365)), roles);
    return signed(document.encode(), signers).encode();
  }

  Documents documents() {
    SignedDocument family =
        signed(
            new TargetsDocument(
                    header(familyVersion, Duration.ofDays(90)),
                    DIGITS.value(),
                    List.of(),
                    familyReleases)
                .encode(),
            familySigners);
    SignedDocument targets =
        signed(
            new TargetsDocument(
                    header(targetsVersion, Duration.ofDays(90)),
                    TargetsDocument.TOP,
                    delegations,
                    topReleases)
                .encode(),
            targetsSigners);
    TreeMap<String, DocumentReference> references = new TreeMap<>();
    references.put(TargetsDocument.TOP, DocumentReference.to(targetsVersion, targets));
    references.put(DIGITS.value(), DocumentReference.to(familyVersion, family));
    SignedDocument snapshot =
        signed(
            new SnapshotDocument(header(snapshotVersion, Duration.ofDays(30)), references).encode(),
            snapshotSigners);
    return new Documents(
        timestamp(DocumentReference.to(snapshotVersion, snapshot)),
        snapshot.encode(),
        targets.encode(),
        family.encode());
  }

  Octets timestamp(DocumentReference snapshot) {
    return signed(
            new TimestampDocument(header(timestampVersion, Duration.ofDays(1)), snapshot).encode(),
            timestampSigners)
        .encode();
  }

  /** Everything is published anew, with the next versions. */
  Documents nextDocuments() {
    timestampVersion++;
    snapshotVersion++;
    targetsVersion++;
    familyVersion++;
    return documents();
  }

  /** A device fresh from the factory. */
  TrustedMetadata factory() {
    try {
      return TrustedMetadata.trusting(root(1, 0, 1), SIGNER);
    } catch (MalformedReleaseException e) {
      throw new AssertionError(e);
    }
  }

  static TrustedMetadata accepted(Update update) {
    if (update instanceof Update.Accepted accepted) {
      return accepted.next();
    }
    throw new AssertionError("refused: " + update);
  }

  static TrustedMetadata follow(TrustedMetadata metadata, Documents documents, Instant now) {
    TrustedMetadata next = accepted(metadata.acceptTimestamp(documents.timestamp(), now));
    next = accepted(next.acceptSnapshot(documents.snapshot(), now));
    next = accepted(next.acceptTargets(TargetsDocument.TOP, documents.targets(), now));
    return accepted(next.acceptTargets(DIGITS.value(), documents.family(), now));
  }

  static Audience audience(Set<String> hardware, Set<GroupName> groups, Set<AgentId> agents) {
    return new Audience(new TreeSet<>(hardware), new TreeSet<>(groups), new TreeSet<>(agents));
  }
}
