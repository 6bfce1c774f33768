package io.covey.coordinator.config;

import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.http.FileDeliverySettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All that an operator decides about a coordinator.
 *
 * @param dataDirectory holds everything that the coordinator keeps on this machine
 */
public record CoordinatorSettings(
    @Setting(help = "Name of the fleet; it is part of every topic.", preset = "home") FleetId fleet,
    @Setting(help = "Directory for everything that is kept on this machine.", preset = "covey-data")
        Path dataDirectory,
    @Setting(help = "Whom agents know the coordinator by, and who says which agents there are.")
        IdentitySection identity,
    @Setting(help = "Where models, rounds and agents are recorded.") DatabaseSection database,
    @Setting(help = "The admin API.") HttpSection http,
    @Setting(help = "How agents are reached.") BrokerSection broker,
    @Setting(help = "How a model is trained unless its training says otherwise.")
        TrainingSection training,
    @Setting(help = "What the coordinator takes and keeps.") LimitsSection limits,
    @Setting(help = "How the files of models reach agents.") DeliverySection delivery,
    @Setting(help = "How long the signed documents of what is released hold.")
        ReleasesSection releases) {

  /** The example file, with every key and its default, as a resource beside this class. */
  public static final String EXAMPLE = "coordinator.yaml";

  /** The database: by default H2 in a file of the data directory. */
  public DatabaseSettings databaseSettings() {
    return database.settings(dataDirectory);
  }

  /** Where the coordinator's keys are: by default in the data directory. */
  public Path identityDirectory() {
    return identity.directory().orElseGet(() -> dataDirectory.resolve("authority"));
  }

  /**
   * Where the issuing service listens in this process; empty when it runs elsewhere. Whoever names
   * no directory of keys tries things out: then there is one.
   */
  public Optional<HostPort> issuingService() {
    return identity.directory().isPresent()
        ? identity.serve()
        : Optional.of(identity.serve().orElse(IdentitySection.TRIAL_ISSUER));
  }

  /** Where artifacts are kept. */
  public Path artifactDirectory() {
    return dataDirectory.resolve("artifacts");
  }

  /** How the admin API is served; bodies wait in the data directory while they arrive. */
  public HttpSettings httpSettings() {
    return http.settings(dataDirectory.resolve("uploads"), limits);
  }

  /** What training may take. */
  public RoundLimits roundLimits() {
    return limits.rounds(delivery.settings(), releases.lifetimes());
  }

  /** How files are served over HTTPS; empty when they are not. */
  public Optional<FileDeliverySettings> httpsDelivery() {
    return delivery.https().map(https -> https.settings(delivery));
  }

  /**
   * The broker to run in this process; empty when an external one is used.
   *
   * @param coordinatorClientId the client that may use all topics of the fleet
   */
  public Optional<BrokerSettings> embeddedBroker(String coordinatorClientId) {
    return broker.embedded(fleet, coordinatorClientId, dataDirectory);
  }
}
