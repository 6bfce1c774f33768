package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.x509.Role;
import io.covey.protocols.id.FleetId;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * All that a coordinator needs to run.
 *
 * @param identity of the coordinator in this fleet; stays the caller's to wipe
 * @param artifacts directory of the models' files; the audit log is beside it
 * @param standardPlan what a training takes that says nothing of its plan
 * @param random draws cohorts, first weights and round ids
 * @param mutualTls for a broker that takes clients with certificates only; empty for plain TCP
 * @param httpsDelivery of files; needs mutual TLS; empty for delivery over MQTT alone
 * @param revocations who is no longer a member; empty where nobody ever is revoked
 * @param renewals where newer certificates come from, of those that can be had while it runs
 */
public record ServerOptions(
    FleetId fleet,
    CoordinatorIdentity identity,
    Path artifacts,
    DatabaseSettings database,
    BrokerChoice broker,
    HttpSettings http,
    RoundLimits limits,
    TrainingPlan standardPlan,
    RandomGenerator random,
    Optional<MutualTls> mutualTls,
    Optional<HttpsDelivery> httpsDelivery,
    Optional<RevocationSource> revocations,
    Map<Role, CertificateSource> renewals) {

  /** Over plain TCP. */
  public ServerOptions(
      FleetId fleet,
      CoordinatorIdentity identity,
      Path artifacts,
      DatabaseSettings database,
      BrokerChoice broker,
      HttpSettings http,
      RoundLimits limits,
      TrainingPlan standardPlan,
      RandomGenerator random) {
    this(
        fleet,
        identity,
        artifacts,
        database,
        broker,
        http,
        limits,
        standardPlan,
        random,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /** The same over mutual TLS; an embedded broker's settings must have it too. */
  public ServerOptions withMutualTls(MutualTls tls) {
    return with(Optional.of(tls), httpsDelivery, revocations, renewals);
  }

  /** The same with files over HTTPS. */
  public ServerOptions withHttpsDelivery(HttpsDelivery https) {
    return with(mutualTls, Optional.of(https), revocations, renewals);
  }

  /** The same with revocations, which broker, rounds and keys heed within seconds. */
  public ServerOptions withRevocations(RevocationSource source) {
    return with(mutualTls, httpsDelivery, Optional.of(source), renewals);
  }

  /** The same with certificates that may be replaced while it runs. */
  public ServerOptions withRenewals(Map<Role, CertificateSource> sources) {
    return with(mutualTls, httpsDelivery, revocations, sources);
  }

  private ServerOptions with(
      Optional<MutualTls> tls,
      Optional<HttpsDelivery> https,
      Optional<RevocationSource> source,
      Map<Role, CertificateSource> sources) {
    return new ServerOptions(
        fleet,
        identity,
        artifacts,
        database,
        broker,
        http,
        limits,
        standardPlan,
        random,
        tls,
        https,
        source,
        sources);
  }

  CertificateSource renewal(Role role) {
    return renewals.getOrDefault(role, CertificateSource.none());
  }

  public ServerOptions {
    renewals = Map.copyOf(renewals);
    if (!identity.fleet().equals(fleet)) {
      throw new IllegalArgumentException(
          "the coordinator's keys are for fleet " + identity.fleet() + ", expected " + fleet);
    }
    if (httpsDelivery.isPresent() && mutualTls.isEmpty()) {
      throw new IllegalArgumentException("files over HTTPS need mutual TLS");
    }
  }

  /** What was done to the fleet and by it. */
  public Path auditLog() {
    return artifacts.resolveSibling(AuditFile.NAME);
  }

  /** Which broker the fleet talks through. */
  public sealed interface BrokerChoice {

    /** One that is started in this process. */
    record Embedded(BrokerSettings settings) implements BrokerChoice {}

    /** One that runs elsewhere: {@code mqtt://host:port}, or {@code mqtts} with mutual TLS. */
    record External(URI address) implements BrokerChoice {}
  }

  /** The coordinator's MQTT client id: none that an agent could have. */
  public static String clientId(FleetId fleet) {
    return "coordinator:" + fleet;
  }
}
