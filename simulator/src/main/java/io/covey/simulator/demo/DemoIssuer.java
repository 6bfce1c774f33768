package io.covey.simulator.demo;

import io.covey.coordinator.app.HttpsDelivery;
import io.covey.coordinator.app.MutualTls;
import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.audit.AuditKey;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.broker.BrokerTls;
import io.covey.coordinator.enrolment.EnrolmentVerticle;
import io.covey.coordinator.enrolment.IssuerStore;
import io.covey.coordinator.enrolment.IssuingDesk;
import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.coordinator.http.FileDeliverySettings;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.edgeagent.enrolment.IssuerClient;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.HostPort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A demo's issuing authority: it enrols the agents over its HTTPS service with join tokens, as a
 * fleet's own does, though in the coordinator's process. Belongs to the thread that makes it.
 */
final class DemoIssuer implements AutoCloseable {
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  private static final IssuerClient CLIENT =
      new IssuerClient(InstantSource.system(), PRIMITIVES.signer());
  private static final Duration LIFETIME = Duration.ofDays(1);
  private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);
  private static final int ROOT_KEY_BYTES = 32;
  private static final long STEP_SECONDS = 30;
  private static final String LOCALHOST = "localhost";

  private final FleetId fleet;
  private final TrialAuthority authority;
  private final Path directory;
  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final IssuingAuthority issuing;
  private final IssuingDesk desk;
  private final Revocations revocations;
  private final Vertx vertx = Vertx.vertx();
  private final EnrolmentVerticle service;
  private URI broker = URI.create("mqtts://localhost:1");

  /**
   * Starts the service.
   *
   * @param directory for what an issuing authority remembers
   */
  DemoIssuer(TrialAuthority authority, Path directory) throws IOException {
    this.fleet = authority.authority().fleet();
    this.authority = authority;
    this.directory = directory;
    this.revocations =
        new Revocations(new FleetVerifier(fleet, authority.authorityKey(), PRIMITIVES.signer()));
    byte[] rootKey = new byte[ROOT_KEY_BYTES];
    new SecureRandom().nextBytes(rootKey);
    try (FleetRoot root =
        FleetRoot.create(
            fleet, SecretBytes.owning(rootKey), Instant.now(), random, PRIMITIVES.signer())) {
      this.issuing = root.certify(authority.authority(), Instant.now(), random);
    }
    AuditFile audit =
        AuditFile.open(
            directory.resolve(AuditFile.NAME),
            AuditKey.of(authority.authority()),
            InstantSource.system());
    this.desk =
        new IssuingDesk(
            issuing,
            new IssuerStore(directory),
            this::terms,
            new IssuingDesk.Surroundings(
                InstantSource.system(), random, PRIMITIVES, audit::append));
    this.service =
        new EnrolmentVerticle(desk, new HostPort(BrokerSettings.LOOPBACK, 0), Set.of(LOCALHOST));
    deploy();
  }

  private void deploy() throws IOException {
    boolean deployed = false;
    try {
      vertx
          .deployVerticle(service)
          .toCompletionStage()
          .toCompletableFuture()
          .get(STEP_SECONDS, TimeUnit.SECONDS);
      deployed = true;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the issuing service did not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the issuing service started", e);
    } finally {
      if (!deployed) {
        close();
      }
    }
  }

  private IssuingDesk.Terms terms() {
    return new IssuingDesk.Terms(
        authority.coordinator().publicKey(),
        authority.coordinator().trust().releaseRoot(),
        broker,
        List.of(new HostPort(LOCALHOST, service.port())),
        LIFETIME);
  }

  /** What the embedded broker needs. */
  BrokerTls brokerTls() {
    return new BrokerTls(
        member(Role.BROKER, List.of(LOCALHOST, BrokerSettings.LOOPBACK)), revocations);
  }

  /** What the coordinator needs. */
  MutualTls coordinatorTls() {
    return new MutualTls(member(Role.COORDINATOR, List.of()));
  }

  /** Whom it has revoked. */
  RevocationSource revocationSource() {
    return RevocationSource.file(directory.resolve(IssuerStore.REVOCATIONS));
  }

  /** What a coordinator needs that serves files over HTTPS too, on a free port. */
  HttpsDelivery httpsDelivery() {
    return new HttpsDelivery(
        FileDeliverySettings.at(new HostPort(LOCALHOST, 0)),
        member(Role.DELIVERY, List.of(LOCALHOST)),
        new Revocations(new FleetVerifier(fleet, authority.authorityKey(), PRIMITIVES.signer())),
        Optional.empty());
  }

  private TlsIdentity member(Role role, List<String> hosts) {
    KeyPair keys = P256Keys.generate();
    Validity validity = Validity.from(Instant.now(), LIFETIME);
    return new TlsIdentity(
        issuing.certify(
            MemberName.of(fleet, role),
            hosts,
            keys.getPublic(),
            IssuingAuthority.Term.draw(random, validity)),
        keys.getPrivate());
  }

  /** Agents that enrol from now on are told to connect there. */
  void announce(URI brokerUri) {
    broker = brokerUri;
  }

  /**
   * Enrols an agent over the network; its keys are in {@code identity} from then on.
   *
   * @return the agent's, to close with it
   */
  MembershipKeeper enrol(AgentId agent, Path identity) throws IOException {
    try (JoinToken token = invite(agent);
        JoinToken carried = JoinToken.parse(token.reveal())) {
      MembershipKeeper.enrol(identity, carried);
      return open(identity);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while agent " + agent + " enrolled", e);
    }
  }

  /** What an agent keeps there since it has enrolled; the agent's, to close with it. */
  MembershipKeeper open(Path identity) throws IOException {
    return MembershipKeeper.open(new DeviceFiles(identity, PRIMITIVES), CLIENT, 0);
  }

  /** A token for one device; the caller's to close. */
  JoinToken invite(AgentId agent) throws IOException {
    return desk.invite(agent, TOKEN_LIFETIME);
  }

  /** Takes an agent's membership away. */
  void revoke(AgentId agent) throws IOException {
    desk.revoke(agent);
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(STEP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the issuing service did not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
