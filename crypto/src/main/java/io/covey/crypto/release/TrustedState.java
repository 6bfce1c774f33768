package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.Verified.Trust;
import io.covey.protocols.id.ModelName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Everything that a device has come to trust, each document with its signatures. Read again, the
 * signatures are checked again.
 *
 * @param targets by name
 * @param taken by model
 */
record TrustedState(
    Verified<RootDocument> root,
    Optional<Verified<TimestampDocument>> timestamp,
    Optional<Verified<SnapshotDocument>> snapshot,
    SortedMap<String, Verified<TargetsDocument>> targets,
    SortedMap<ModelName, TakenRelease> taken) {

  /** As many as documents can list at a time. */
  static final int MOST_TAKEN = SnapshotDocument.MOST_TARGETS * TargetsDocument.MOST_RELEASES;

  private static final String LABEL = "covey/v1/release-state";
  private static final Octets NOTHING = Octets.owning(new byte[0]);

  TrustedState {
    targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
    taken = Collections.unmodifiableSortedMap(new TreeMap<>(taken));
    if (taken.size() > MOST_TAKEN) {
      throw new IllegalArgumentException(taken.size() + " models, expected at most " + MOST_TAKEN);
    }
  }

  TrustedState with(Verified<TimestampDocument> newTimestamp) {
    return new TrustedState(root, Optional.of(newTimestamp), snapshot, targets, taken);
  }

  TrustedState withSnapshot(Verified<SnapshotDocument> newSnapshot) {
    return new TrustedState(root, timestamp, Optional.of(newSnapshot), targets, taken);
  }

  /**
   * The top one takes those with it that it delegates no more, or to other keys than have signed
   * them.
   */
  TrustedState withTargets(Verified<TargetsDocument> document, Signer signer) {
    TargetsDocument added = document.document();
    SortedMap<String, Verified<TargetsDocument>> all = new TreeMap<>(targets);
    if (added.name().equals(TargetsDocument.TOP)) {
      all.clear();
      for (Delegation delegation : added.delegations()) {
        Optional.ofNullable(targets.get(delegation.family().value()))
            .filter(family -> family.isStillSignedBy(new Trust(delegation.keys(), signer)))
            .ifPresent(family -> all.put(delegation.family().value(), family));
      }
    }
    all.put(added.name(), document);
    return new TrustedState(root, timestamp, snapshot, all, taken);
  }

  /**
   * Remembers a release that is listed. When there is no more room, models are forgotten that no
   * document lists any more, so that every one that is listed finds room. That lets nobody go back:
   * the documents that once listed an older release are older than those that are trusted, and
   * refused (or, under a root that has made those forgotten, good until they expire); a new one
   * that lists it again takes the signatures of targets keys, whose owners can give it any counter.
   */
  TrustedState with(TakenRelease release) {
    SortedMap<ModelName, TakenRelease> all = new TreeMap<>(taken);
    all.put(release.model(), release);
    if (all.size() > MOST_TAKEN) {
      Set<ModelName> listed =
          targets.values().stream()
              .flatMap(document -> document.document().releases().stream())
              .map(Release::model)
              .collect(Collectors.toSet());
      all.keySet().removeIf(model -> !listed.contains(model) && !model.equals(release.model()));
    }
    return new TrustedState(root, timestamp, snapshot, targets, all);
  }

  /**
   * Under a new root, what its keys have not signed is forgotten, and with a timestamp the snapshot
   * that it named: whoever had stolen the old keys may have set versions that nobody can exceed
   * (TUF 1.0, section 5.3.11).
   */
  TrustedState under(Verified<RootDocument> newRoot, Signer signer) {
    Trust ofTimestamp = new Trust(newRoot.document().keys(Role.TIMESTAMP), signer);
    Trust ofSnapshot = new Trust(newRoot.document().keys(Role.SNAPSHOT), signer);
    Trust ofTargets = new Trust(newRoot.document().keys(Role.TARGETS), signer);
    Optional<Verified<SnapshotDocument>> keptSnapshot =
        snapshot.filter(document -> document.isStillSignedBy(ofSnapshot));
    Optional<Verified<TimestampDocument>> keptTimestamp =
        timestamp.filter(
            document ->
                keptSnapshot.isPresent() == snapshot.isPresent()
                    && document.isStillSignedBy(ofTimestamp));
    SortedMap<String, Verified<TargetsDocument>> keptTargets = new TreeMap<>(targets);
    Optional.ofNullable(targets.get(TargetsDocument.TOP))
        .filter(top -> !top.isStillSignedBy(ofTargets))
        .ifPresent(top -> keptTargets.clear());
    return new TrustedState(
        newRoot,
        keptTimestamp,
        keptTimestamp.isPresent() ? keptSnapshot : Optional.empty(),
        keptTargets,
        taken);
  }

  Octets encode() {
    Canonical statement = new Canonical(LABEL).octets(root.encoded());
    statement.octets(timestamp.map(Verified::encoded).orElse(NOTHING));
    statement.octets(snapshot.map(Verified::encoded).orElse(NOTHING));
    statement.number(targets.size());
    targets.values().forEach(document -> statement.octets(document.encoded()));
    statement.number(taken.size());
    taken.values().forEach(release -> release.appendTo(statement));
    return Octets.owning(statement.toBytes());
  }

  static TrustedState decode(Octets encoded, Signer signer) throws MalformedReleaseException {
    return Fields.read(LABEL, encoded, fields -> read(fields, signer));
  }

  private static TrustedState read(Fields fields, Signer signer) throws MalformedReleaseException {
    try {
      TrustedState state = trusting(document(fields), signer);
      Octets timestamp = document(fields);
      if (timestamp.length() > 0) {
        Trust trust = new Trust(state.root().document().keys(Role.TIMESTAMP), signer);
        state =
            state.with(Verified.check("timestamp", timestamp, trust, TimestampDocument::decode));
      }
      Octets snapshot = document(fields);
      if (snapshot.length() > 0) {
        Trust trust = new Trust(state.root().document().keys(Role.SNAPSHOT), signer);
        state =
            state.withSnapshot(
                Verified.check("snapshot", snapshot, trust, SnapshotDocument::decode));
      }
      return readTaken(fields, readTargets(fields, state, signer));
    } catch (RefusedException e) {
      throw new MalformedReleaseException("stored state: " + e.getMessage(), e);
    }
  }

  private static TrustedState readTargets(Fields fields, TrustedState before, Signer signer)
      throws MalformedReleaseException, RefusedException {
    List<Octets> documents = fields.list(SnapshotDocument.MOST_TARGETS, TrustedState::document);
    TrustedState state = before;
    // The top one first: it says which keys the others have.
    for (boolean top : new boolean[] {true, false}) {
      for (Octets document : documents) {
        String name = TargetsDocument.decode(SignedDocument.decode(document).document()).name();
        if (name.equals(TargetsDocument.TOP) == top) {
          Trust trust = new Trust(state.targetsKeys(name), signer);
          state =
              state.withTargets(
                  Verified.check(name, document, trust, TargetsDocument::decode), signer);
        }
      }
    }
    return state;
  }

  private static TrustedState readTaken(Fields fields, TrustedState before)
      throws MalformedReleaseException {
    SortedMap<ModelName, TakenRelease> all = new TreeMap<>();
    for (TakenRelease release : fields.list(MOST_TAKEN, TakenRelease::read)) {
      all.put(release.model(), release);
    }
    if (fields.remaining() > 0) {
      throw new MalformedReleaseException(fields.remaining() + " bytes behind the state");
    }
    return new TrustedState(
        before.root(), before.timestamp(), before.snapshot(), before.targets(), all);
  }

  private static Octets document(Fields fields) throws MalformedReleaseException {
    return fields.octets(SignedDocument.MAXIMUM_ENCODED_BYTES);
  }

  /** With nothing but a root, which has to be signed by its own keys. */
  static TrustedState trusting(Octets root, Signer signer) throws MalformedReleaseException {
    try {
      RootDocument claimed = RootDocument.decode(SignedDocument.decode(root).document());
      Trust itself = new Trust(claimed.keys(Role.ROOT), signer);
      return new TrustedState(
          Verified.check("root", root, itself, RootDocument::decode),
          Optional.empty(),
          Optional.empty(),
          new TreeMap<>(),
          new TreeMap<>());
    } catch (RefusedException e) {
      throw new MalformedReleaseException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The keys of a targets document: the root's for the top one, or those it was delegated to. */
  RoleKeys targetsKeys(String name) throws RefusedException {
    if (name.equals(TargetsDocument.TOP)) {
      return root.document().keys(Role.TARGETS);
    }
    return Optional.ofNullable(targets.get(TargetsDocument.TOP)).stream()
        .flatMap(top -> top.document().delegations().stream())
        .filter(delegation -> delegation.family().value().equals(name))
        .findFirst()
        .map(Delegation::keys)
        .orElseThrow(
            () ->
                new RefusedException(
                    KeepServing.Reason.NOT_AS_REFERENCED, "nothing is delegated to " + name));
  }
}
