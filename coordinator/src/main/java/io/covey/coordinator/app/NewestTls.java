package io.covey.coordinator.app;

import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.transport.TlsContext;
import javax.net.ssl.SSLContext;

/** With what a coordinator proves itself to its broker: the newest that it has. Any thread. */
final class NewestTls implements TlsContext {
  private final FleetId fleet;
  private volatile SSLContext context;

  NewestTls(TlsIdentity own, FleetId fleet) {
    this.fleet = fleet;
    this.context = context(own, fleet);
  }

  private static SSLContext context(TlsIdentity own, FleetId fleet) {
    return FleetTls.client(own, fleet, Role.BROKER);
  }

  /** From the next connection on. */
  void prove(TlsIdentity own) {
    context = context(own, fleet);
  }

  @Override
  public SSLContext current() {
    return context;
  }
}
