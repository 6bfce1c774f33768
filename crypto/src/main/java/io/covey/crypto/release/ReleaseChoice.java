package io.covey.crypto.release;

import io.covey.crypto.release.Audience.Device;
import io.covey.crypto.release.KeepServing.Reason;
import io.covey.crypto.release.Selection.Offered;
import io.covey.crypto.release.TrustedMetadata.WantedDocument;
import io.covey.protocols.id.ModelName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the release of a model in what is trusted. All documents have to fit together, byte for
 * byte, and none may have expired: half an update is none.
 */
final class ReleaseChoice {
  private final TrustedState state;

  ReleaseChoice(TrustedState state) {
    this.state = state;
  }

  /** A document that says what is released, and the keys it is good under. */
  private record Source(Verified<TargetsDocument> targets, RoleKeys keys) {}

  Offered select(ModelName model, Device device, Instant now) throws RefusedException {
    Offered offered = current(model, device, now);
    TakenRelease taken = state.taken().get(model);
    if (taken != null
        && offered.release().counter() == taken.counter()
        && taken.bindsThoseWith(source(model).keys())) {
      throw new RefusedException(
          Reason.ALREADY_TAKEN,
          "release %d of %s was taken".formatted(offered.release().counter(), model));
    }
    return offered;
  }

  /** Also the one that was taken last. */
  Offered current(ModelName model, Device device, Instant now) throws RefusedException {
    DocumentChecks.checkTime("root", state.root().document().header(), now);
    Verified<TimestampDocument> timestamp =
        state
            .timestamp()
            .orElseThrow(() -> new RefusedException(Reason.INCOMPLETE, "no timestamp yet"));
    DocumentChecks.checkTime("timestamp", timestamp.document().header(), now);
    Optional<WantedDocument> wanted = wanted(model);
    if (wanted.isPresent()) {
      throw new RefusedException(Reason.INCOMPLETE, wanted.get().name() + " is not there yet");
    }
    SnapshotDocument snapshot = state.snapshot().orElseThrow().document();
    DocumentChecks.checkTime("snapshot", snapshot.header(), now);
    DocumentChecks.checkTime(TargetsDocument.TOP, top().orElseThrow().document().header(), now);
    Source source = source(model);
    DocumentChecks.checkTime(
        source.targets().document().name(), source.targets().document().header(), now);
    return offered(source, model, device);
  }

  /** What is missing, in the order in which it has to come. */
  Optional<WantedDocument> wanted(ModelName model) {
    if (state.timestamp().isEmpty()) {
      return Optional.of(new WantedDocument(WantedDocument.TIMESTAMP, Optional.empty()));
    }
    DocumentReference latest = state.timestamp().get().document().snapshot();
    Optional<SnapshotDocument> snapshot =
        state
            .snapshot()
            .filter(document -> latest.means(document.encoded()))
            .map(Verified::document);
    if (snapshot.isEmpty()) {
      return Optional.of(new WantedDocument(WantedDocument.SNAPSHOT, Optional.of(latest)));
    }
    Optional<WantedDocument> wantedTop = wanted(TargetsDocument.TOP, snapshot.get());
    return wantedTop.isPresent()
        ? wantedTop
        : delegation(model).flatMap(family -> wanted(family.family().value(), snapshot.get()));
  }

  private Optional<WantedDocument> wanted(String name, SnapshotDocument snapshot) {
    Optional<DocumentReference> reference = Optional.ofNullable(snapshot.targets().get(name));
    boolean isThere =
        reference.isPresent()
            && state.targets().containsKey(name)
            && reference.get().means(state.targets().get(name).encoded());
    return isThere ? Optional.empty() : Optional.of(new WantedDocument(name, reference));
  }

  private Optional<Verified<TargetsDocument>> top() {
    return Optional.ofNullable(state.targets().get(TargetsDocument.TOP));
  }

  /** The first delegation that covers the model, if the top document does not release it itself. */
  private Optional<Delegation> delegation(ModelName model) {
    TargetsDocument top = top().orElseThrow().document();
    return top.releases().stream().anyMatch(release -> release.model().equals(model))
        ? Optional.empty()
        : top.delegations().stream().filter(family -> family.covers(model)).findFirst();
  }

  private Source source(ModelName model) throws RefusedException {
    String name =
        delegation(model).map(family -> family.family().value()).orElse(TargetsDocument.TOP);
    Verified<TargetsDocument> targets =
        Optional.ofNullable(state.targets().get(name))
            .orElseThrow(() -> new RefusedException(Reason.INCOMPLETE, "no " + name + " yet"));
    return new Source(targets, state.targetsKeys(name));
  }

  private Offered offered(Source source, ModelName model, Device device) throws RefusedException {
    List<Release> all =
        source.targets().document().releases().stream()
            .filter(release -> release.model().equals(model))
            .toList();
    if (all.isEmpty()) {
      throw new RefusedException(Reason.NO_RELEASE, "nothing is released of " + model);
    }
    List<Release> fitting =
        all.stream().filter(release -> release.audience().fitsHardwareOf(device)).toList();
    if (fitting.isEmpty()) {
      throw new RefusedException(
          Reason.OTHER_HARDWARE, "no release of %s is for %s".formatted(model, device.hardware()));
    }
    Release release =
        fitting.stream()
            .filter(one -> one.audience().includes(device))
            .max(Comparator.comparingLong(Release::counter))
            .orElseThrow(
                () ->
                    new RefusedException(
                        Reason.OTHER_DEVICE,
                        "no release of %s is for %s".formatted(model, device.agent())));
    checkCounter(release, source.keys());
    return new Offered(release, source.targets().signers());
  }

  private void checkCounter(Release release, RoleKeys keys) throws RefusedException {
    TakenRelease taken = state.taken().get(release.model());
    if (taken == null || !taken.bindsThoseWith(keys)) {
      return;
    }
    if (release.counter() < taken.counter()) {
      throw new RefusedException(
          Reason.OLD_RELEASE,
          "release %d of %s, expected more than %d"
              .formatted(release.counter(), release.model(), taken.counter()));
    }
  }
}
