package io.covey.coordinator.app;

import io.covey.crypto.identity.x509.TlsIdentity;
import java.io.IOException;
import java.time.Instant;

/** Where newer certificates come from than the one that a member proves itself with. */
@FunctionalInterface
public interface CertificateSource {

  /**
   * The newest; what is in use where there is no newer. Blocks.
   *
   * @throws IOException if there is another that is of no use
   */
  TlsIdentity newest(TlsIdentity inUse, Instant now) throws IOException;

  /** What was made once and for all. */
  static CertificateSource none() {
    return (inUse, now) -> inUse;
  }
}
