package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;

/**
 * Which signed document another one means, byte for byte.
 *
 * @param version of the document, 1 or more
 * @param bytes length of the {@link SignedDocument}; whoever fetches it reads no more
 * @param digest of the {@link SignedDocument}
 */
public record DocumentReference(long version, int bytes, Sha256 digest) {
  public DocumentReference {
    if (version < 1 || bytes < 1 || bytes > SignedDocument.MAXIMUM_ENCODED_BYTES) {
      throw new IllegalArgumentException(
          "reference to version %d of %d bytes, expected 1 or more of 1 to %d"
              .formatted(version, bytes, SignedDocument.MAXIMUM_ENCODED_BYTES));
    }
  }

  /** The reference to a document. */
  public static DocumentReference to(long version, SignedDocument signed) {
    Octets encoded = signed.encode();
    return new DocumentReference(version, encoded.length(), Sha256.of(encoded.toBytes()));
  }

  boolean means(Octets encoded) {
    return encoded.length() == bytes && Sha256.of(encoded.toBytes()).equals(digest);
  }

  Canonical appendTo(Canonical statement) {
    return statement.number(version).number(bytes).text(digest.hex());
  }

  static DocumentReference read(Fields fields) throws MalformedReleaseException {
    return new DocumentReference(
        fields.number(), fields.number(1, SignedDocument.MAXIMUM_ENCODED_BYTES), fields.digest());
  }
}
