package io.covey.crypto.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.KeepServing.Reason;
import java.util.Set;

/**
 * A document whose signatures were found to reach its role's threshold, in the order that matters:
 * frame, signatures, and only then the document.
 *
 * @param encoded the signed document as it came
 * @param signers whose signatures are valid
 */
record Verified<T>(Octets encoded, SignedDocument signed, T document, Set<KeyId> signers) {
  /** Reads one kind of document. */
  interface Reader<T> {
    T read(Octets document) throws MalformedReleaseException;
  }

  /**
   * Checks a document from outside.
   *
   * @param what for people
   * @throws RefusedException if it is malformed or not signed by enough of {@code keys}
   */
  static <T> Verified<T> check(String what, Octets encoded, Trust trust, Reader<T> reader)
      throws RefusedException {
    try {
      SignedDocument signed = SignedDocument.decode(encoded);
      Set<KeyId> signers = signed.signers(trust.keys(), trust.signer());
      if (!trust.keys().isReachedBy(signers)) {
        throw new RefusedException(
            Reason.NOT_SIGNED,
            "%s has %d valid signatures, expected %d"
                .formatted(what, signers.size(), trust.keys().threshold()));
      }
      return new Verified<>(encoded, signed, reader.read(signed.document()), signers);
    } catch (MalformedReleaseException e) {
      throw new RefusedException(Reason.MALFORMED, what + ": " + e.getMessage());
    }
  }

  /** Whose signatures count, and how they are checked. */
  record Trust(RoleKeys keys, Signer signer) {}

  boolean isStillSignedBy(Trust trust) {
    return signed.isSignedBy(trust.keys(), trust.signer());
  }
}
