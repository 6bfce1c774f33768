package io.covey.crypto.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.KeepServing.Reason;
import io.covey.crypto.release.Update.Accepted;
import io.covey.crypto.release.Verified.Trust;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a device has come to trust about releases, and the rules by which it trusts more: the client
 * workflow of TUF 1.0, sections 5.3 to 5.7, one document at a time. Every answer is a value; one
 * that is accepted is to be stored before anything is done because of it, so that no restart
 * forgets the highest versions seen.
 *
 * <p>Immutable; time is an argument.
 */
public final class TrustedMetadata {
  private final TrustedState state;
  private final Signer signer;

  private TrustedMetadata(TrustedState state, Signer signer) {
    this.state = state;
    this.signer = signer;
  }

  /**
   * Begins with a root that came with the device.
   *
   * @param root a signed root document
   * @throws MalformedReleaseException if it is none, or not signed by its own keys
   */
  public static TrustedMetadata trusting(Octets root, Signer signer)
      throws MalformedReleaseException {
    return new TrustedMetadata(TrustedState.trusting(root, signer), signer);
  }

  /**
   * The version that a signed root document says it has; nothing is verified.
   *
   * @throws MalformedReleaseException if it is none
   */
  public static long versionOfRoot(Octets signed) throws MalformedReleaseException {
    return RootDocument.decode(SignedDocument.decode(signed).document()).header().version();
  }

  /** All of it, for storage; can be read by whoever may know what is released. */
  public Octets encode() {
    return state.encode();
  }

  /**
   * Reads what {@link #encode} wrote, and checks its signatures. If that fails, beginning again
   * with the first root would forget what was seen: that is for a person to decide.
   *
   * @throws MalformedReleaseException for everything else
   */
  public static TrustedMetadata decode(Octets encoded, Signer signer)
      throws MalformedReleaseException {
    return new TrustedMetadata(TrustedState.decode(encoded, signer), signer);
  }

  public FleetId fleet() {
    return root().header().fleet();
  }

  public long rootVersion() {
    return root().header().version();
  }

  /**
   * The next root (section 5.3). It may have expired, as long as another follows.
   *
   * @param signed a signed document, from outside
   */
  public Update acceptRoot(Octets signed) {
    return answer(
        () -> {
          Verified<RootDocument> next =
              Verified.check("root", signed, trust(Role.ROOT), RootDocument::decode);
          DocumentChecks.checkFleet("root", fleet(), next.document().header());
          long expected = rootVersion() + 1;
          if (next.document().header().version() != expected) {
            throw new RefusedException(
                Reason.NOT_THE_NEXT_ROOT,
                "root %d, expected %d".formatted(next.document().header().version(), expected));
          }
          Trust own = new Trust(next.document().keys(Role.ROOT), signer);
          return state.under(Verified.check("root", signed, own, RootDocument::decode), signer);
        });
  }

  /**
   * A timestamp (section 5.4).
   *
   * @param signed a signed document, from outside
   */
  public Update acceptTimestamp(Octets signed, Instant now) {
    return answer(
        () -> {
          DocumentChecks.checkTime("root", root().header(), now);
          Verified<TimestampDocument> next =
              Verified.check("timestamp", signed, trust(Role.TIMESTAMP), TimestampDocument::decode);
          DocumentHeader header = next.document().header();
          DocumentChecks.checkFleet("timestamp", fleet(), header);
          if (state.timestamp().isPresent()) {
            DocumentChecks.checkNoRollback(state.timestamp().get(), next);
          }
          DocumentChecks.checkTime("timestamp", header, now);
          return state.with(next);
        });
  }

  /**
   * The snapshot that the timestamp names (section 5.5).
   *
   * @param signed a signed document, from outside
   */
  public Update acceptSnapshot(Octets signed, Instant now) {
    return answer(
        () -> {
          DocumentReference reference = timestamp().snapshot();
          DocumentChecks.checkReference("snapshot", reference, signed);
          Verified<SnapshotDocument> next =
              Verified.check("snapshot", signed, trust(Role.SNAPSHOT), SnapshotDocument::decode);
          DocumentChecks.checkFleet("snapshot", fleet(), next.document().header());
          DocumentChecks.checkHeader("snapshot", next.document().header(), reference, now);
          if (state.snapshot().isPresent()
              && !next.document().isNoOlderThan(state.snapshot().get().document())) {
            throw new RefusedException(
                Reason.ROLLBACK, "snapshot names an older targets document, or one less");
          }
          return state.withSnapshot(next);
        });
  }

  /**
   * A targets document that the snapshot names (section 5.6), delegated ones after the top one.
   *
   * @param name {@link TargetsDocument#TOP} or a delegated family
   * @param signed a signed document, from outside
   */
  public Update acceptTargets(String name, Octets signed, Instant now) {
    return answer(
        () -> {
          DocumentReference reference = reference(name);
          DocumentChecks.checkReference(name, reference, signed);
          Verified<TargetsDocument> next =
              Verified.check(
                  name,
                  signed,
                  new Trust(state.targetsKeys(name), signer),
                  TargetsDocument::decode);
          if (!next.document().name().equals(name)) {
            throw new RefusedException(
                Reason.NOT_AS_REFERENCED,
                "document %s, expected %s".formatted(next.document().name(), name));
          }
          DocumentChecks.checkFleet(name, fleet(), next.document().header());
          DocumentChecks.checkHeader(name, next.document().header(), reference, now);
          return state.withTargets(next, signer);
        });
  }

  /** The next document that is needed to {@link #select} a model; empty if all are there. */
  public Optional<WantedDocument> wanted(ModelName model) {
    return new ReleaseChoice(state).wanted(model);
  }

  /**
   * A document to fetch.
   *
   * @param name "timestamp", "snapshot", or of a targets document
   * @param reference empty for a timestamp, of which only the latest matters
   */
  public record WantedDocument(String name, Optional<DocumentReference> reference) {
    public static final String TIMESTAMP = "timestamp";
    public static final String SNAPSHOT = "snapshot";
  }

  /**
   * What a device should serve of a model (section 5.7, and Uptane's checks of hardware and
   * counter).
   */
  public Selection select(ModelName model, Audience.Device device, Instant now) {
    try {
      return new ReleaseChoice(state).select(model, device, now);
    } catch (RefusedException e) {
      return e.answer();
    }
  }

  /**
   * As {@link #select}, but offers the release that was taken last as well: for a device that has
   * to fetch it again.
   */
  public Selection current(ModelName model, Audience.Device device, Instant now) {
    try {
      return new ReleaseChoice(state).current(model, device, now);
    } catch (RefusedException e) {
      return e.answer();
    }
  }

  /** After the device has switched to a release: remembers its counter. */
  public TrustedMetadata taking(Selection.Offered offered) {
    Release release = offered.release();
    return new TrustedMetadata(
        state.with(
            new TakenRelease(release.model(), release.counter(), new TreeSet<>(offered.signers()))),
        signer);
  }

  private RootDocument root() {
    return state.root().document();
  }

  private TimestampDocument timestamp() throws RefusedException {
    return state
        .timestamp()
        .map(Verified::document)
        .orElseThrow(() -> new RefusedException(Reason.INCOMPLETE, "no timestamp yet"));
  }

  private DocumentReference reference(String name) throws RefusedException {
    DocumentReference latest = timestamp().snapshot();
    SnapshotDocument snapshot =
        state
            .snapshot()
            .filter(document -> latest.means(document.encoded()))
            .map(Verified::document)
            .orElseThrow(
                () ->
                    new RefusedException(
                        Reason.INCOMPLETE, "snapshot " + latest.version() + " is not there yet"));
    return Optional.ofNullable(snapshot.targets().get(name))
        .orElseThrow(
            () -> new RefusedException(Reason.NOT_AS_REFERENCED, "snapshot has no " + name));
  }

  private Trust trust(Role role) {
    return new Trust(root().keys(role), signer);
  }

  /** A step that ends in a new state or with a refusal. */
  private interface Step {
    TrustedState run() throws RefusedException;
  }

  private Update answer(Step step) {
    try {
      return new Accepted(new TrustedMetadata(step.run(), signer));
    } catch (RefusedException e) {
      return e.answer();
    }
  }

  /** By what is trusted. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TrustedMetadata metadata && encode().equals(metadata.encode());
  }

  @Override
  public int hashCode() {
    return encode().hashCode();
  }

  @Override
  public String toString() {
    return "TrustedMetadata[%s, root %d]".formatted(fleet(), rootVersion());
  }
}
