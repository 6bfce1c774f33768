package io.covey.coordinator.audit;

import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;

/** What whoever keeps a log signs its entries with. Implementations are thread-safe. */
public interface AuditKey {

  FleetId fleet();

  /** Ed25519. */
  Octets publicKey();

  /** Signs the statement of an entry. */
  Octets sign(byte[] statement);

  /** A coordinator's; stays the caller's to close, after the log. */
  static AuditKey of(CoordinatorIdentity identity, Signer signer) {
    return new AuditKey() {
      @Override
      public FleetId fleet() {
        return identity.fleet();
      }

      @Override
      public Octets publicKey() {
        return identity.publicKey();
      }

      @Override
      public Octets sign(byte[] statement) {
        return signer.sign(identity.signingKey(), statement);
      }
    };
  }

  /** An authority's; stays the caller's to close, after the log. */
  static AuditKey of(FleetAuthority authority) {
    return new AuditKey() {
      @Override
      public FleetId fleet() {
        return authority.fleet();
      }

      @Override
      public Octets publicKey() {
        return authority.publicKey();
      }

      @Override
      public Octets sign(byte[] statement) {
        return authority.sign(statement);
      }
    };
  }
}
