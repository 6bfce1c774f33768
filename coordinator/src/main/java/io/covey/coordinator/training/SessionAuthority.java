package io.covey.coordinator.training;

import io.covey.coordinator.sealing.ModelProtection;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.protocols.id.AgentId;
import java.time.InstantSource;

/**
 * Who this coordinator is to participants, and whom it takes for one. Safe for use by several
 * threads.
 */
public final class SessionAuthority {
  private final CoordinatorIdentity identity;
  private final CertifiedDirectory directory;
  private final SessionPrimitives primitives;
  private final RandomWords random;
  private final InstantSource clock;

  /**
   * An authority that knows no agent yet.
   *
   * @param identity stays the caller's to close
   * @param clock against which certificates are checked; any thread
   */
  public SessionAuthority(CoordinatorIdentity identity, InstantSource clock) {
    this(identity, clock, AesCtrRandomWords.fromSystemRandomness());
  }

  /**
   * The same, for simulations.
   *
   * @param random what the keys of models and of the fleet are drawn from
   */
  public SessionAuthority(CoordinatorIdentity identity, InstantSource clock, RandomWords random) {
    this.identity = identity;
    this.random = random;
    this.clock = clock;
    this.directory =
        new CertifiedDirectory(FleetVerifier.of(identity.trust(), new Ed25519()), clock);
    this.primitives = new SessionPrimitives(new X25519(), new Ed25519(), new AesGcm(), directory);
  }

  /** What was revoked: whoever hears of it says it here, on any thread. */
  public Revocations revocations() {
    return directory.revocations();
  }

  /** Whether an agent that was heard in this run has a certificate that still counts. */
  boolean isMember(AgentId agent) {
    return directory.certificateOf(agent).isPresent();
  }

  /** What guards the messages of a run that starts now. */
  public CoordinatorMessageGuard messageGuard() {
    return new CoordinatorMessageGuard(identity, directory, primitives.signer(), clock.instant());
  }

  CoordinatorIdentity identity() {
    return identity;
  }

  /** What the protection of models rests on. */
  ModelProtection.Surroundings protection() {
    return new ModelProtection.Surroundings(
        FleetVerifier.of(identity.trust(), new Ed25519()), revocations(), random);
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
