package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;

/** Which snapshot is the latest (TUF 1.0, section 4.6); expires soon, so that freezing shows. */
public record TimestampDocument(DocumentHeader header, DocumentReference snapshot) {
  private static final String LABEL = "covey/v1/release-timestamp";

  /** What is signed. */
  public Octets encode() {
    return Octets.owning(snapshot.appendTo(header.appendTo(new Canonical(LABEL))).toBytes());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MalformedReleaseException for everything else
   */
  public static TimestampDocument decode(Octets encoded) throws MalformedReleaseException {
    return Fields.read(
        LABEL,
        encoded,
        fields ->
            new TimestampDocument(DocumentHeader.read(fields), DocumentReference.read(fields)));
  }
}
