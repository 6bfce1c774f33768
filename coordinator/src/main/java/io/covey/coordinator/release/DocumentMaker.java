package io.covey.coordinator.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Delegation;
import io.covey.crypto.release.DocumentHeader;
import io.covey.crypto.release.DocumentReference;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RoleKeys;
import io.covey.crypto.release.SignedDocument;
import io.covey.crypto.release.SnapshotDocument;
import io.covey.crypto.release.TargetsDocument;
import io.covey.crypto.release.TimestampDocument;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.topic.TrustPlace;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes the documents that say what is released, of those there are already: only what says
 * something else than before, is half expired, or is signed with keys that no longer count is made
 * anew. Versions follow the time in milliseconds, so that they rise also when the last ones were
 * lost with the database.
 *
 * <p>Stateless; signs, and may block on the keys of families.
 */
final class DocumentMaker {
  private final ReleaseKeys keys;
  private final Lifetimes lifetimes;

  DocumentMaker(ReleaseKeys keys, Lifetimes lifetimes) {
    this.keys = keys;
    this.lifetimes = lifetimes;
  }

  /** A signed document that is decoded. */
  private record Made<T>(SignedDocument signed, T document) {}

  /**
   * The documents from now on, in the order in which they are to be published: each after those
   * that it names.
   *
   * @param before by path; what of it cannot be read is made anew
   * @param releases of each model the newest
   */
  Map<String, Octets> next(Map<String, Octets> before, Collection<Release> releases, Instant now) {
    Map<String, Octets> documents = new LinkedHashMap<>();
    Families families = new Families(delegated(before), releases);
    SortedMap<String, DocumentReference> references = new TreeMap<>();
    families
        .byDocument(releases)
        .forEach(
            (name, listed) -> {
              Made<TargetsDocument> made = targets(before, name, families, listed, now);
              documents.put(targets(name), made.signed().encode());
              references.put(
                  name, DocumentReference.to(made.document().header().version(), made.signed()));
            });
    Made<SnapshotDocument> snapshot = snapshot(before, references, now);
    documents.put(new TrustPlace.Snapshot().path(), snapshot.signed().encode());
    documents.put(
        new TrustPlace.Timestamp().path(), timestamp(before, snapshot, now).signed().encode());
    return documents;
  }

  /** The families that have a document of their own, as far as that can be read. */
  static List<ModelName> delegated(Map<String, Octets> documents) {
    return read(documents, targets(TargetsDocument.TOP), TargetsDocument::decode)
        .map(top -> Families.of(top.document().delegations()))
        .orElse(List.of());
  }

  private Made<TargetsDocument> targets(
      Map<String, Octets> before,
      String name,
      Families families,
      List<Release> releases,
      Instant now) {
    boolean top = name.equals(TargetsDocument.TOP);
    List<Delegation> delegations =
        top ? families.delegated().stream().map(keys::delegation).toList() : List.of();
    RoleKeys signers =
        top ? keys.root().keys(Role.TARGETS) : keys.delegation(new ModelName(name)).keys();
    Optional<Made<TargetsDocument>> kept = read(before, targets(name), TargetsDocument::decode);
    if (kept.isPresent()
        && kept.get().document().releases().equals(releases)
        && kept.get().document().delegations().equals(delegations)
        && holds(kept.get().signed(), kept.get().document().header(), signers, now)) {
      return kept.get();
    }
    DocumentHeader header =
        header(kept.map(made -> made.document().header()), lifetimes.documents(), now);
    TargetsDocument document = new TargetsDocument(header, name, delegations, releases);
    return new Made<>(
        top
            ? keys.sign(Role.TARGETS, document.encode())
            : keys.signFamily(new ModelName(name), document.encode()),
        document);
  }

  private Made<SnapshotDocument> snapshot(
      Map<String, Octets> before, SortedMap<String, DocumentReference> references, Instant now) {
    Optional<Made<SnapshotDocument>> kept =
        read(before, new TrustPlace.Snapshot().path(), SnapshotDocument::decode);
    RoleKeys signers = keys.root().keys(Role.SNAPSHOT);
    if (kept.isPresent()
        && kept.get().document().targets().equals(references)
        && holds(kept.get().signed(), kept.get().document().header(), signers, now)) {
      return kept.get();
    }
    DocumentHeader header =
        header(kept.map(made -> made.document().header()), lifetimes.documents(), now);
    SnapshotDocument document = new SnapshotDocument(header, references);
    return new Made<>(keys.sign(Role.SNAPSHOT, document.encode()), document);
  }

  private Made<TimestampDocument> timestamp(
      Map<String, Octets> before, Made<SnapshotDocument> snapshot, Instant now) {
    Optional<Made<TimestampDocument>> kept =
        read(before, new TrustPlace.Timestamp().path(), TimestampDocument::decode);
    DocumentReference reference =
        DocumentReference.to(snapshot.document().header().version(), snapshot.signed());
    long age =
        now.getEpochSecond()
            - kept.map(made -> made.document().header().issuedAtEpochSecond()).orElse(0L);
    if (kept.isPresent()
        && age >= 0
        && age < lifetimes.renewal().toSeconds()
        && kept.get().document().snapshot().equals(reference)
        && kept.get().signed().isSignedBy(keys.root().keys(Role.TIMESTAMP), keys.signer())) {
      return kept.get();
    }
    DocumentHeader header =
        header(kept.map(made -> made.document().header()), lifetimes.timestamp(), now);
    TimestampDocument document = new TimestampDocument(header, reference);
    return new Made<>(keys.sign(Role.TIMESTAMP, document.encode()), document);
  }

  private boolean holds(
      SignedDocument signed, DocumentHeader header, RoleKeys signers, Instant now) {
    long left = header.expiresAtEpochSecond() - now.getEpochSecond();
    boolean fromNow = header.issuedAtEpochSecond() <= now.getEpochSecond();
    return fromNow
        && left > lifetimes.documents().toSeconds() / 2
        && signed.isSignedBy(signers, keys.signer());
  }

  private DocumentHeader header(Optional<DocumentHeader> before, Duration lifetime, Instant now) {
    long next = before.map(header -> header.version() + 1).orElse(1L);
    return new DocumentHeader(
        keys.fleet(),
        Math.max(next, now.toEpochMilli()),
        now.getEpochSecond(),
        now.plus(lifetime).getEpochSecond());
  }

  private static String targets(String name) {
    return new TrustPlace.Targets(new ModelName(name)).path();
  }

  private interface Reader<T> {
    T read(Octets document) throws MalformedReleaseException;
  }

  private static <T> Optional<Made<T>> read(
      Map<String, Octets> documents, String path, Reader<T> reader) {
    Octets encoded = documents.get(path);
    if (encoded == null) {
      return Optional.empty();
    }
    try {
      SignedDocument signed = SignedDocument.decode(encoded);
      return Optional.of(new Made<>(signed, reader.read(signed.document())));
    } catch (MalformedReleaseException e) {
      return Optional.empty();
    }
  }
}
