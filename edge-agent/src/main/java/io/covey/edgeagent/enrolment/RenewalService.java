package io.covey.edgeagent.enrolment;

import io.covey.crypto.identity.x509.DeviceKeys;
import io.covey.crypto.identity.x509.Membership;
import java.io.IOException;

/** Where an agent's certificates are renewed. */
@FunctionalInterface
public interface RenewalService {

  /**
   * Renews. Blocks.
   *
   * @throws IOException if there are no new certificates
   */
  Membership renew(Membership present, DeviceKeys keys) throws IOException, InterruptedException;
}
