package io.covey.coordinator.broker;

import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.TlsIdentity;
import java.time.Duration;

/**
 * Mutual TLS: who the broker is, and who is no longer let in.
 *
 * @param own with the role of a broker, for the names that clients use
 * @param revocations looked at whenever somebody connects, and every {@link #SWEEP}; whoever hears
 *     of a new list gives it to these
 */
public record BrokerTls(TlsIdentity own, Revocations revocations) {
  /**
   * How often connections are looked at: for so long at most one outlives its certificate, or a
   * revocation that is known here.
   */
  public static final Duration SWEEP = Duration.ofSeconds(1);
}
