package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.IdentityDirectory;
import io.covey.protocols.id.AgentId;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The agents whose certificates were seen and verified. The certificates may come from anybody, the
 * coordinator included: the authority's signature is what counts.
 *
 * <p>Remembers a bounded number of agents, and forgets those that were asked for least recently: a
 * forgotten agent is unknown until its certificate is admitted again. What is forgotten, or lost
 * with the process, no longer keeps an older certificate out. What has ended or was revoked does
 * not count, also if it was admitted before.
 *
 * <p>Thread-safe. {@link #admit} verifies a signature, outside any lock, for a certificate that it
 * does not hold: not on an event loop for many at once.
 */
public final class CertifiedDirectory implements IdentityDirectory {
  /** Agents that are remembered by default; some 500 bytes each. */
  public static final int DEFAULT_CAPACITY = 65_536;

  private static final float LOAD_FACTOR = 0.75f;

  private final FleetVerifier verifier;
  private final InstantSource clock;
  private final Revocations revocations;
  private final int capacity;

  /** By agent, least recently used first; guarded by itself. */
  private final LinkedHashMap<AgentId, IdentityCertificate> known =
      new LinkedHashMap<>(16, LOAD_FACTOR, true);

  /** Remembers {@link #DEFAULT_CAPACITY} agents. */
  public CertifiedDirectory(FleetVerifier verifier, InstantSource clock) {
    this(verifier, clock, DEFAULT_CAPACITY);
  }

  /**
   * An empty one.
   *
   * @param clock against which validity is checked; any thread
   * @param capacity agents that are remembered; at least a cohort's
   */
  public CertifiedDirectory(FleetVerifier verifier, InstantSource clock, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity of " + capacity + ", expected 1 or more");
    }
    this.verifier = verifier;
    this.clock = clock;
    this.revocations = new Revocations(verifier);
    this.capacity = capacity;
  }

  /** What was revoked, for whoever hears of it to say. */
  public Revocations revocations() {
    return revocations;
  }

  /**
   * Takes note of a certificate.
   *
   * @param agent whom it is said to be of
   * @return whether the agent is known by this certificate now, or why not; then what was known of
   *     it before still stands
   */
  public Admission admit(AgentId agent, IdentityCertificate certificate) {
    if (!certificate.fleet().equals(verifier.fleet())) {
      return Admission.WRONG_FLEET;
    }
    if (!certificate.agent().equals(agent)) {
      return Admission.WRONG_AGENT;
    }
    if (!certificate.validity().covers(clock.instant())) {
      return Admission.NOT_VALID_NOW;
    }
    if (revocations.isRevoked(certificate.facts().serial())) {
      return Admission.REVOKED;
    }
    Optional<Admission> verdict = withoutVerifying(certificate);
    if (verdict.isPresent()) {
      return verdict.get();
    }
    return verifier.hasSigned(certificate) ? remember(certificate) : Admission.BAD_SIGNATURE;
  }

  /** What follows from the certificate that is known; empty when the new one must be verified. */
  private Optional<Admission> withoutVerifying(IdentityCertificate certificate) {
    synchronized (known) {
      IdentityCertificate before = known.get(certificate.agent());
      if (before == null || certificate.issuedAtEpochSecond() > before.issuedAtEpochSecond()) {
        return Optional.empty();
      }
      return Optional.of(certificate.equals(before) ? Admission.ACCEPTED : Admission.NOT_NEWER);
    }
  }

  private Admission remember(IdentityCertificate verified) {
    synchronized (known) {
      // Asked again: another thread may have been faster, with a newer one.
      Optional<Admission> verdict = withoutVerifying(verified);
      if (verdict.isPresent()) {
        return verdict.get();
      }
      known.put(verified.agent(), verified);
      if (known.size() > capacity) {
        known.remove(known.keySet().iterator().next());
      }
      return Admission.ACCEPTED;
    }
  }

  @Override
  public Optional<Octets> verificationKeyOf(AgentId agent) {
    return certificateOf(agent).map(IdentityCertificate::identityKey);
  }

  /** The verified certificate of an agent; empty for one that is not known, or no longer. */
  public Optional<IdentityCertificate> certificateOf(AgentId agent) {
    synchronized (known) {
      return Optional.ofNullable(known.get(agent)).filter(this::counts);
    }
  }

  private boolean counts(IdentityCertificate certificate) {
    return certificate.validity().covers(clock.instant())
        && !revocations.isRevoked(certificate.facts().serial());
  }
}
