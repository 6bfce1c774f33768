package io.covey.simulator.fleet;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.SignedDocument;
import java.util.List;

/** The same document, signed by somebody else. */
final class Resigned {
  private Resigned() {}

  static Octets by(Octets signed, SecretBytes key) {
    try {
      return SignedDocument.sign(
              SignedDocument.decode(signed).document(), List.of(key), ReleasedFleet.SIGNER)
          .encode();
    } catch (MalformedReleaseException e) {
      throw new AssertionError("a document that the coordinator made is one", e);
    }
  }
}
