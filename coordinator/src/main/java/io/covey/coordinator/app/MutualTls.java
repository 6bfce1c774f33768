package io.covey.coordinator.app;

import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.transport.TlsContext;
import javax.net.ssl.SSLContext;

/**
 * How a coordinator proves itself to its broker.
 *
 * @param own with the role of a coordinator
 */
public record MutualTls(TlsIdentity own) {

  TlsContext context(FleetId fleet) {
    SSLContext context = FleetTls.client(own, fleet, Role.BROKER);
    return () -> context;
  }
}
