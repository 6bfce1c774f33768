package io.covey.edgeagent.app;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.DocumentHeader;
import io.covey.crypto.release.DocumentReference;
import io.covey.crypto.release.ManifestFiles;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.SignedDocument;
import io.covey.crypto.release.SnapshotDocument;
import io.covey.crypto.release.TargetsDocument;
import io.covey.crypto.release.TimestampDocument;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.topic.TrustPlace;
import java.util.List;
import java.util.TreeMap;

/** Signs what a {@link TestFleet} releases, and says it. */
final class TestReleases {
  private static final long DAY_SECONDS = 86_400;

  private final TestFleet fleet;
  private final ReleaseKeys keys;

  TestReleases(TestFleet fleet) {
    this.fleet = fleet;
    this.keys = fleet.authority.coordinator().releases().orElseThrow();
  }

  /**
   * Releases a version, and nothing else.
   *
   * @param document the version of all documents
   */
  void release(long document, long counter, ModelManifest manifest) {
    ModelName family = manifest.model();
    Release release =
        new Release(
            family, manifest.version(), counter, ManifestFiles.of(manifest), Audience.ALL, 0, 0);
    long now = fleet.time.now().getEpochSecond();
    DocumentHeader header = new DocumentHeader(keys.fleet(), document, now, now + DAY_SECONDS);
    SignedDocument ofFamily =
        keys.signFamily(
            family,
            new TargetsDocument(header, family.value(), List.of(), List.of(release)).encode());
    SignedDocument top =
        keys.sign(
            Role.TARGETS,
            new TargetsDocument(
                    header, TargetsDocument.TOP, List.of(keys.delegation(family)), List.of())
                .encode());
    TreeMap<String, DocumentReference> references = new TreeMap<>();
    references.put(family.value(), DocumentReference.to(document, ofFamily));
    references.put(TargetsDocument.TOP, DocumentReference.to(document, top));
    SignedDocument snapshot =
        keys.sign(Role.SNAPSHOT, new SnapshotDocument(header, references).encode());
    SignedDocument timestamp =
        keys.sign(
            Role.TIMESTAMP,
            new TimestampDocument(header, DocumentReference.to(document, snapshot)).encode());
    say(new TrustPlace.Root(1), keys.roots().get(0));
    say(new TrustPlace.Targets(family), ofFamily.encode());
    say(new TrustPlace.Targets(new ModelName(TargetsDocument.TOP)), top.encode());
    say(new TrustPlace.Snapshot(), snapshot.encode());
    say(new TrustPlace.Timestamp(), timestamp.encode());
  }

  private void say(TrustPlace place, Octets document) {
    fleet.say(
        fleet.topics.trust(place),
        new TrustDocument(ByteString.copyFrom(document.toBytes())),
        true);
  }
}
