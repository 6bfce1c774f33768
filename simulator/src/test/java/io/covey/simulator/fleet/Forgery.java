package io.covey.simulator.fleet;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.Delegation;
import io.covey.crypto.release.DocumentHeader;
import io.covey.crypto.release.DocumentReference;
import io.covey.crypto.release.ManifestFiles;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RoleKeys;
import io.covey.crypto.release.RootDocument;
import io.covey.crypto.release.SignedDocument;
import io.covey.crypto.release.SnapshotDocument;
import io.covey.crypto.release.TargetsDocument;
import io.covey.crypto.release.TimestampDocument;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.topic.TrustPlace;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Documents that fit together, by whoever has some keys: an attacker's own, stolen ones, or the
 * fleet's for releases that its coordinator does not make.
 */
record Forgery(ReleaseKeys keys, Instant time, long version) {
  private static final long DAY = 86_400;

  static Release release(ModelManifest manifest, long counter, Audience audience) {
    return new Release(
        manifest.model(), manifest.version(), counter, ManifestFiles.of(manifest), audience, 0, 0);
  }

  /** In the order in which they are to be said. */
  Map<TrustPlace, Octets> documents(ModelName family, Release... releases) {
    Delegation delegation = keys.delegation(family);
    SignedDocument ofFamily =
        keys.signFamily(
            family,
            new TargetsDocument(header(), family.value(), List.of(), List.of(releases)).encode());
    SignedDocument top =
        keys.sign(
            Role.TARGETS,
            new TargetsDocument(header(), TargetsDocument.TOP, List.of(delegation), List.of())
                .encode());
    TreeMap<String, DocumentReference> references = new TreeMap<>();
    references.put(family.value(), DocumentReference.to(version, ofFamily));
    references.put(TargetsDocument.TOP, DocumentReference.to(version, top));
    SignedDocument snapshot =
        keys.sign(Role.SNAPSHOT, new SnapshotDocument(header(), references).encode());
    Map<TrustPlace, Octets> documents = new LinkedHashMap<>();
    documents.put(new TrustPlace.Timestamp(), timestamp(snapshot));
    documents.put(new TrustPlace.Snapshot(), snapshot.encode());
    documents.put(new TrustPlace.Targets(new ModelName(TargetsDocument.TOP)), top.encode());
    documents.put(new TrustPlace.Targets(family), ofFamily.encode());
    return documents;
  }

  private Octets timestamp(SignedDocument snapshot) {
    return keys.sign(
            Role.TIMESTAMP,
            new TimestampDocument(header(), DocumentReference.to(version, snapshot)).encode())
        .encode();
  }

  private DocumentHeader header() {
    long now = time.getEpochSecond();
    return new DocumentHeader(keys.fleet(), version, now, now + DAY);
  }

  /** The next root, with the keys of some roles replaced. */
  static RootDocument nextRoot(ReleaseKeys keys, Map<Role, RoleKeys> replaced) {
    DocumentHeader before = keys.root().header();
    Map<Role, RoleKeys> roles = new EnumMap<>(keys.root().roles());
    roles.putAll(replaced);
    return new RootDocument(
        new DocumentHeader(
            before.fleet(),
            before.version() + 1,
            before.issuedAtEpochSecond(),
            before.expiresAtEpochSecond()),
        roles);
  }

  static Octets signed(RootDocument root, SecretBytes... rootKeys) {
    return SignedDocument.sign(root.encode(), List.of(rootKeys), ReleasedFleet.SIGNER).encode();
  }

  static SecretBytes key(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) number;
    key[1] = 77;
    return SecretBytes.owning(key);
  }

  static RoleKeys keys(int threshold, Octets... publicKeys) {
    return new RoleKeys(threshold, List.of(publicKeys));
  }
}
