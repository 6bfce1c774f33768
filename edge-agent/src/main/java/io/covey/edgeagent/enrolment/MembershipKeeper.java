package io.covey.edgeagent.enrolment;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.RenewalSchedule;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.DeviceKeys;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.transport.TlsContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent's membership while it runs: in TLS it proves itself with the newest certificates, which
 * are renewed when they are due. A renewal that fails is tried again at the next look; until the
 * certificates end there is time.
 *
 * <p>Thread-safe; {@link #look} blocks, and is for one thread.
 */
public final class MembershipKeeper implements TlsContext, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipKeeper.class);

  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());

  private final DeviceFiles files;
  private final RenewalService issuer;
  private final DeviceKeys keys;
  private final double jitter;
  private volatile Current current;

  private final AgentIdentity identity;

  private record Current(Membership membership, SSLContext broker, SSLContext delivery) {}

  private MembershipKeeper(DeviceFiles files, RenewalService issuer, DeviceKeys keys, Kept kept) {
    this.files = files;
    this.issuer = issuer;
    this.keys = keys;
    this.jitter = kept.jitter();
    this.current = current(kept.membership());
    this.identity = kept.membership().identity(keys, new Ed25519());
  }

  /** What was read, and this device's place among those who renew. */
  private record Kept(Membership membership, double jitter) {}

  /**
   * Enrols, and keeps what it got. Keys that are there already are used: the answer to an earlier
   * attempt may have been lost.
   *
   * @return the membership, in the files by now
   */
  public static Membership enrol(
      DeviceFiles files, IssuerClient issuer, JoinToken token, RandomWords random)
      throws IOException, InterruptedException {
    try (DeviceKeys keys = files.keysOrNew(random)) {
      return enrol(files, issuer, token, keys);
    }
  }

  private static Membership enrol(
      DeviceFiles files, IssuerClient issuer, JoinToken token, DeviceKeys keys)
      throws IOException, InterruptedException {
    Membership membership = issuer.enrol(token, keys);
    files.write(membership);
    return membership;
  }

  /**
   * Enrols this device, and keeps what it got.
   *
   * @param directory of the identity, {@code identity} in an agent's data directory
   * @throws IOException if the token has ended, or nobody gives anything for it
   */
  public static Membership enrol(Path directory, JoinToken token)
      throws IOException, InterruptedException {
    if (token.hasExpired(Instant.now())) {
      throw new IOException("the join token ended at " + token.expiry() + "; get a new one");
    }
    return enrol(files(directory), client(), token, AesCtrRandomWords.fromSystemRandomness());
  }

  /**
   * Enrols a device whose keys are elsewhere, as in hardware.
   *
   * @param directory where the membership goes, which is public
   * @param keys stay the caller's to close
   */
  public static Membership enrol(Path directory, DeviceKeys keys, JoinToken token)
      throws IOException, InterruptedException {
    return enrol(files(directory), client(), token, keys);
  }

  /**
   * Opens the membership of a device that has enrolled.
   *
   * @param directory of the identity, {@code identity} in an agent's data directory
   * @throws IOException if it is not there, or does not belong together
   */
  public static MembershipKeeper open(Path directory) throws IOException {
    return open(files(directory), client(), new SecureRandom().nextDouble());
  }

  /** Where a device's keys and membership are. */
  public static DeviceFiles files(Path directory) {
    return new DeviceFiles(directory, PRIMITIVES);
  }

  private static IssuerClient client() {
    return new IssuerClient(InstantSource.system(), PRIMITIVES.signer());
  }

  /**
   * Opens what {@link #enrol} has kept.
   *
   * @param jitter 0 to below 1: when this device renews
   * @throws IOException if it is not there, or does not belong together
   */
  public static MembershipKeeper open(DeviceFiles files, RenewalService issuer, double jitter)
      throws IOException {
    Membership membership = enrolled(files);
    return open(files, issuer, files.keys(), new Kept(membership, jitter));
  }

  /**
   * Opens the membership of a device whose keys are elsewhere, as in hardware.
   *
   * @param directory where {@link #enrol(Path, DeviceKeys, JoinToken)} has put the membership
   * @param keys become this object's to close
   */
  public static MembershipKeeper open(Path directory, DeviceKeys keys) throws IOException {
    DeviceFiles files = files(directory);
    Membership membership = enrolled(files);
    return open(files, client(), keys, new Kept(membership, new SecureRandom().nextDouble()));
  }

  private static Membership enrolled(DeviceFiles files) throws IOException {
    return files
        .membership()
        .orElseThrow(() -> new IOException("the agent has not enrolled: " + files.directory()));
  }

  private static MembershipKeeper open(
      DeviceFiles files, RenewalService issuer, DeviceKeys keys, Kept kept) throws IOException {
    boolean opened = false;
    try {
      files.requireMatching(kept.membership(), keys);
      MembershipKeeper keeper = new MembershipKeeper(files, issuer, keys, kept);
      opened = true;
      return keeper;
    } finally {
      if (!opened) {
        keys.close();
      }
    }
  }

  private Current current(Membership membership) {
    return new Current(
        membership,
        FleetTls.client(membership.tls(keys), membership.fleet(), Role.BROKER),
        FleetTls.client(membership.tls(keys), membership.fleet(), Role.DELIVERY));
  }

  public Membership membership() {
    return current.membership();
  }

  /** Who the agent is in rounds, with the newest certificate; stays this object's to close. */
  public AgentIdentity identity() {
    return identity;
  }

  /** Stay this object's to close. */
  public DeviceKeys keys() {
    return keys;
  }

  @Override
  public SSLContext current() {
    return current.broker();
  }

  /** Towards whoever serves files over HTTPS, instead of the broker. */
  public TlsContext towardDelivery() {
    return () -> current.delivery();
  }

  /**
   * Renews if that is due.
   *
   * @return what was due; after {@link RenewalSchedule.Step#RENEW} the membership may be a new one
   */
  public RenewalSchedule.Step look(Instant now) throws InterruptedException {
    Membership present = current.membership();
    RenewalSchedule.Step step =
        new RenewalSchedule(present.certificates().facts().validity(), jitter).at(now);
    switch (step) {
      case WAIT -> {}
      case RENEW -> renew(present);
      case CLOCK_IS_BEHIND ->
          LOG.warn("this device's clock says {}, before its certificates begin: set it", now);
      case ENROL_AGAIN ->
          LOG.error(
              "the certificates ended at {}: enrol again with a new join token, or set the clock,"
                  + " which says {}",
              present.certificates().facts().validity().notAfter(),
              now);
    }
    return step;
  }

  private void renew(Membership present) throws InterruptedException {
    try {
      Membership renewed = issuer.renew(present, keys);
      files.write(renewed);
      current = current(renewed);
      identity.renew(renewed.certificates().identity());
      identity.renew(renewed.certificates().encryption());
      LOG.info(
          "renewed the certificates, valid until {}",
          renewed.certificates().facts().validity().notAfter());
    } catch (IOException e) {
      LOG.warn(
          "the certificates, valid until {}, could not be renewed: {}",
          present.certificates().facts().validity().notAfter(),
          e.getMessage());
    }
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    identity.close();
    keys.close();
  }
}
