package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a coordinator learns of revocations. Blocks. */
@FunctionalInterface
public interface RevocationSource {

  /** The newest list, not verified; empty if nothing was ever revoked. */
  Optional<RevocationList> newest() throws IOException;

  /** The file that an issuing authority on this machine writes. */
  static RevocationSource file(Path file) {
    return () -> IssuerStore.readRevocations(file);
  }
}
