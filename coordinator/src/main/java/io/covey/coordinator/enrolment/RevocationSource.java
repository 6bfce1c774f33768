package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.x509.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a coordinator learns of revocations. Blocks. */
@FunctionalInterface
public interface RevocationSource {

  /** The newest list, not verified; empty if nothing was ever revoked. */
  Optional<RevocationList> newest() throws IOException;

  /** Whoever asks over the network proves itself with this from now on. Any thread. */
  default void prove(TlsIdentity own) {}

  /** The file that an issuing authority on this machine writes. */
  static RevocationSource file(Path file) {
    return () -> IssuerStore.readRevocations(file);
  }
}
