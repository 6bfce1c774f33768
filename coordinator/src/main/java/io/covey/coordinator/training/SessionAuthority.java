package io.covey.coordinator.training;

import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.secagg.SessionPrimitives;

/**
 * Who this coordinator is to participants, and whom it takes for one. Safe for use by several
 * threads.
 */
public final class SessionAuthority {
  private final CoordinatorIdentity identity;
  private final CertifiedDirectory directory;
  private final SessionPrimitives primitives;

  /**
   * An authority that knows no agent yet.
   *
   * @param identity stays the caller's to close
   */
  public SessionAuthority(CoordinatorIdentity identity) {
    this.identity = identity;
    this.directory =
        new CertifiedDirectory(identity.fleet(), identity.authorityKey(), new Ed25519());
    this.primitives = new SessionPrimitives(new X25519(), new Ed25519(), new AesGcm(), directory);
  }

  CoordinatorIdentity identity() {
    return identity;
  }

  CertifiedDirectory directory() {
    return directory;
  }

  SessionPrimitives primitives() {
    return primitives;
  }

  Octets sign(byte[] statement) {
    return primitives.signer().sign(identity.signingKey(), statement);
  }
}
