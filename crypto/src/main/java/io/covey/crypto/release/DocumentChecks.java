package io.covey.crypto.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.KeepServing.Reason;
import io.covey.protocols.id.FleetId;
import java.time.Duration;
import java.time.Instant;

/** What every document has to pass once its signatures were checked; each refuses by throwing. */
final class DocumentChecks {
  /** What clocks may differ by. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private DocumentChecks() {}

  /** Refuses what a clock cannot have seen, or will not see any more. */
  static void checkTime(String what, DocumentHeader header, Instant now) throws RefusedException {
    // No overflow: an Instant's seconds are far below 2^63.
    if (now.getEpochSecond() + CLOCK_SKEW.toSeconds() < header.issuedAtEpochSecond()) {
      throw new RefusedException(
          Reason.CLOCK_BEHIND,
          "%s was issued %d s after 1970, and the clock shows %d s"
              .formatted(what, header.issuedAtEpochSecond(), now.getEpochSecond()));
    }
    if (now.getEpochSecond() >= header.expiresAtEpochSecond()) {
      throw new RefusedException(
          Reason.EXPIRED,
          "%s expired %d s after 1970, and the clock shows %d s"
              .formatted(what, header.expiresAtEpochSecond(), now.getEpochSecond()));
    }
  }

  static void checkFleet(String what, FleetId fleet, DocumentHeader header)
      throws RefusedException {
    if (!header.fleet().equals(fleet)) {
      throw new RefusedException(
          Reason.OTHER_FLEET, "%s of fleet %s, expected %s".formatted(what, header.fleet(), fleet));
    }
  }

  /** Neither the timestamp nor the snapshot that it names may be older than before, or differ. */
  static void checkNoRollback(Verified<TimestampDocument> before, Verified<TimestampDocument> next)
      throws RefusedException {
    long version = next.document().header().version();
    long seen = before.document().header().version();
    long snapshot = next.document().snapshot().version();
    long seenSnapshot = before.document().snapshot().version();
    if (version < seen || snapshot < seenSnapshot) {
      throw new RefusedException(
          Reason.ROLLBACK,
          "timestamp %d of snapshot %d, expected no less than %d and %d"
              .formatted(version, snapshot, seen, seenSnapshot));
    }
    boolean sameVersion =
        version == seen && !next.signed().document().equals(before.signed().document());
    boolean sameSnapshot =
        snapshot == seenSnapshot
            && !next.document().snapshot().equals(before.document().snapshot());
    if (sameVersion || sameSnapshot) {
      throw new RefusedException(
          Reason.CONFLICTING,
          "timestamp %d or its snapshot %d differs from what was seen"
              .formatted(version, snapshot));
    }
  }

  /** Before anything of the document is read. */
  static void checkReference(String what, DocumentReference reference, Octets signed)
      throws RefusedException {
    if (!reference.means(signed)) {
      throw new RefusedException(
          Reason.NOT_AS_REFERENCED,
          "%s of %d bytes is not the one of version %d and %d bytes"
              .formatted(what, signed.length(), reference.version(), reference.bytes()));
    }
  }

  /** A document that a signed reference means has the version that it says, and has not expired. */
  static void checkHeader(
      String what, DocumentHeader header, DocumentReference reference, Instant now)
      throws RefusedException {
    if (header.version() != reference.version()) {
      throw new RefusedException(
          Reason.NOT_AS_REFERENCED,
          "%s %d, expected %d".formatted(what, header.version(), reference.version()));
    }
    checkTime(what, header, now);
  }
}
