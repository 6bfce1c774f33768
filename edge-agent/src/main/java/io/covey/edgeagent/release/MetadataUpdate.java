package io.covey.edgeagent.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.KeepServing;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.TargetsDocument;
import io.covey.crypto.release.TrustedMetadata;
import io.covey.crypto.release.Update;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.topic.TrustPlace;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes what is offered as far as it can be trusted, in the order of TUF's client workflow (TUF
 * 1.0, section 5): roots one after the other, timestamp, snapshot, the top targets document, those
 * of families. Pure; for one run.
 */
final class MetadataUpdate {
  private final Map<TrustPlace, Octets> offered;
  private final Instant now;
  private final Map<TrustPlace, KeepServing> refused = new LinkedHashMap<>();
  private Optional<TrustedMetadata> trusted;

  /**
   * What came of it.
   *
   * @param trusted empty as long as the first root has not been seen
   * @param refused what was not taken, and why; also what is only not needed yet
   */
  record Outcome(Optional<TrustedMetadata> trusted, Map<TrustPlace, KeepServing> refused) {}

  /** One document at a time. */
  private interface Step {
    Update take(TrustedMetadata metadata, Octets signed);
  }

  private MetadataUpdate(
      Optional<TrustedMetadata> trusted, Map<TrustPlace, Octets> offered, Instant now) {
    this.trusted = trusted;
    this.offered = offered;
    this.now = now;
  }

  /**
   * Runs it.
   *
   * @param firstRoot digest of the root that came with the enrolment
   */
  static Outcome run(
      Optional<TrustedMetadata> before,
      Map<TrustPlace, Octets> offered,
      Sha256 firstRoot,
      Signer signer,
      Instant now) {
    MetadataUpdate update = new MetadataUpdate(before, offered, now);
    if (before.isEmpty()) {
      update.trusted = update.begin(firstRoot, signer);
    }
    if (update.trusted.isPresent()) {
      update.follow();
    }
    return new Outcome(update.trusted, update.refused);
  }

  private Optional<TrustedMetadata> begin(Sha256 firstRoot, Signer signer) {
    for (Map.Entry<TrustPlace, Octets> entry : offered.entrySet()) {
      if (entry.getKey() instanceof TrustPlace.Root
          && Sha256.of(entry.getValue().toBytes()).equals(firstRoot)) {
        try {
          return Optional.of(TrustedMetadata.trusting(entry.getValue(), signer));
        } catch (MalformedReleaseException e) {
          refused.put(
              entry.getKey(),
              new KeepServing(KeepServing.Reason.MALFORMED, String.valueOf(e.getMessage())));
        }
      }
    }
    return Optional.empty();
  }

  private void follow() {
    boolean taken = true;
    while (taken) {
      long next = trusted.orElseThrow().rootVersion() + 1;
      taken =
          next <= Integer.MAX_VALUE
              && take(new TrustPlace.Root((int) next), TrustedMetadata::acceptRoot);
    }
    take(new TrustPlace.Timestamp(), (metadata, signed) -> metadata.acceptTimestamp(signed, now));
    take(new TrustPlace.Snapshot(), (metadata, signed) -> metadata.acceptSnapshot(signed, now));
    TrustPlace.Targets top = new TrustPlace.Targets(new ModelName(TargetsDocument.TOP));
    take(top, this::targets);
    for (TrustPlace place : offered.keySet()) {
      if (place instanceof TrustPlace.Targets && !place.equals(top)) {
        take(place, (metadata, signed) -> targets(place, metadata, signed));
      }
    }
  }

  private Update targets(TrustedMetadata metadata, Octets signed) {
    return metadata.acceptTargets(TargetsDocument.TOP, signed, now);
  }

  private Update targets(TrustPlace place, TrustedMetadata metadata, Octets signed) {
    return metadata.acceptTargets(((TrustPlace.Targets) place).name().value(), signed, now);
  }

  private boolean take(TrustPlace place, Step step) {
    Octets signed = offered.get(place);
    if (signed == null) {
      return false;
    }
    Update update = step.take(trusted.orElseThrow(), signed);
    if (update instanceof Update.Accepted accepted) {
      trusted = Optional.of(accepted.next());
      return true;
    }
    refused.put(place, (KeepServing) update);
    return false;
  }
}
