package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.FleetId;

/**
 * What every document begins with.
 *
 * @param version 1 or more; of two documents of one role the higher stands
 * @param issuedAtEpochSecond not negative. A device whose clock shows less knows that it is behind
 * @param expiresAtEpochSecond later than issued; from then on nothing is taken from it
 */
public record DocumentHeader(
    FleetId fleet, long version, long issuedAtEpochSecond, long expiresAtEpochSecond) {
  public DocumentHeader {
    if (version < 1) {
      throw new IllegalArgumentException("document version " + version + " is below 1");
    }
    if (issuedAtEpochSecond < 0 || expiresAtEpochSecond <= issuedAtEpochSecond) {
      throw new IllegalArgumentException(
          "issued %d s and expires %d s after 1970, expected 0 or more, and later"
              .formatted(issuedAtEpochSecond, expiresAtEpochSecond));
    }
  }

  Canonical appendTo(Canonical statement) {
    return statement
        .text(fleet.value())
        .number(version)
        .number(issuedAtEpochSecond)
        .number(expiresAtEpochSecond);
  }

  static DocumentHeader read(Fields fields) throws MalformedReleaseException {
    return new DocumentHeader(
        new FleetId(fields.text()), fields.number(), fields.number(), fields.number());
  }
}
