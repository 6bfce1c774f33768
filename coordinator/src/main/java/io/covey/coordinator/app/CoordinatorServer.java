package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.audit.AuditKey;
import io.covey.coordinator.audit.AuditTrail;
import io.covey.coordinator.broker.EmbeddedBroker;
import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.coordinator.enrolment.RevocationWatch;
import io.covey.coordinator.http.FileDelivery;
import io.covey.coordinator.http.HttpMetrics;
import io.covey.coordinator.http.HttpVerticle;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.FileArtifactStore;
import io.covey.coordinator.store.JdbiAgentStore;
import io.covey.coordinator.store.JdbiCommitStore;
import io.covey.coordinator.store.JdbiJobStore;
import io.covey.coordinator.store.JdbiKeyStore;
import io.covey.coordinator.store.JdbiModelStore;
import io.covey.coordinator.store.JdbiPrivacyStore;
import io.covey.coordinator.store.JdbiReleaseStore;
import io.covey.coordinator.store.JdbiRoundStore;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.CoordinatorCore;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.transport.TransportSettings;
import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import io.covey.protocols.transport.TransportSettings.OutboxBounds;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running coordinator: database, broker, rounds and admin API. Starting and closing block for at
 * most a minute each; not from an event loop.
 */
public final class CoordinatorServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorServer.class);
  private static final Duration STEP = Duration.ofSeconds(30);
  private static final int OUTBOX_MESSAGES = 65_536;
  private static final long OUTBOX_BYTES = 256L << 20;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Optional<EmbeddedBroker> broker;
  private final URI brokerUri;
  private final CoordinationVerticle coordination;
  private final Optional<ArtifactUrl> artifactUrl;
  private final AdminOperations operations;
  private final URI adminApi;
  private volatile boolean up;

  private CoordinatorServer(ServerOptions options) {
    boolean started = false;
    try {
      Database database = opened(Database.open(options.database()));
      CoordinatorCore.Stores stores = stores(options, database);
      AuditTrail audit = opened(openAudit(options));
      // What the parts say while they stop comes before it.
      parts.push(() -> noteStop(audit, options));
      this.broker = startBroker(options.broker());
      broker.ifPresent(parts::push);
      this.brokerUri = addressOf(options.broker(), broker);
      PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      Vertx vertx = HttpMetrics.meteredVertx(meters).build();
      parts.push(() -> await(vertx.close(), "to close Vert.x"));
      Optional<NewestTls> proof =
          options.mutualTls().map(mutual -> new NewestTls(mutual.own(), options.fleet()));
      this.coordination =
          new CoordinationVerticle(
              options,
              transport(options, brokerUri, proof),
              stores,
              new CoordinationVerticle.Observers(new CoordinatorMetrics(meters), audit));
      Optional<FileDelivery> files = deliverFiles(options, vertx, stores.artifacts(), meters);
      await(vertx.deployVerticle(coordination), "for the coordinator to start");
      options.revocations().ifPresent(source -> watchRevocations(options, source));
      files.ifPresent(FileDelivery::admit);
      CertificateWatch certificates =
          new CertificateWatch(new VertxScheduler(vertx, vertx.getOrCreateContext()), meters);
      new OwnCertificates(options, new OwnCertificates.Users(proof, broker, files))
          .watchedBy(certificates);
      certificates.start();
      this.artifactUrl = files.flatMap(delivery -> url(options, delivery));
      this.operations = new AuditedOperations(coordination.core().operations(), audit);
      HttpVerticle http =
          new HttpVerticle(options.http(), operations, meters, options.standardPlan());
      await(vertx.deployVerticle(http), "for the admin API to start");
      this.adminApi = URI.create("http://" + options.http().host() + ":" + http.port());
      LOG.info("coordinator of fleet {} is up, admin API at {}", options.fleet(), adminApi);
      audit.record(AuditEvent.of(Kind.STARTED, options.fleet().value()));
      up = true;
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  /**
   * Starts everything, or nothing.
   *
   * @throws RuntimeException that says what could not be started and why
   */
  public static CoordinatorServer start(ServerOptions options) {
    return new CoordinatorServer(options);
  }

  public URI adminApi() {
    return adminApi;
  }

  /** Where agents connect. */
  public URI brokerUri() {
    return brokerUri;
  }

  /** Where agents are told that files can be had over HTTPS; empty when they cannot. */
  public Optional<ArtifactUrl> artifactUrl() {
    return artifactUrl;
  }

  /** The broker in this process, when there is one. */
  public Optional<EmbeddedBroker> broker() {
    return broker;
  }

  /** What operators may ask; every order is audited. */
  public AdminOperations operations() {
    return operations;
  }

  /** Stops everything in the reverse order of its start, within a bounded time. */
  @Override
  public void close() {
    for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("a part of the coordinator did not close in order", e);
      }
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /** Before agents are told of it; it lets nobody in yet. */
  private Optional<FileDelivery> deliverFiles(
      ServerOptions options, Vertx vertx, ArtifactStore store, MeterRegistry meters) {
    return options
        .httpsDelivery()
        .map(
            https -> {
              FileDelivery files =
                  new FileDelivery(
                      https.settings(),
                      https.identity(options.fleet()),
                      new FileDelivery.Files(digest -> coordination.core().offered(digest), store),
                      meters);
              await(vertx.deployVerticle(files), "for files to be served over HTTPS");
              coordination.announce(url(options, files).stream().toList());
              return files;
            });
  }

  private static Optional<ArtifactUrl> url(ServerOptions options, FileDelivery files) {
    return options.httpsDelivery().map(https -> https.url(files.port()));
  }

  /** Rounds heed revocations as the broker does. */
  private void watchRevocations(ServerOptions options, RevocationSource source) {
    List<Revocations> heeding = new ArrayList<>(List.of(coordination.revocations()));
    if (options.broker() instanceof ServerOptions.BrokerChoice.Embedded embedded) {
      embedded.settings().tls().ifPresent(broker -> heeding.add(broker.revocations()));
    }
    options.httpsDelivery().ifPresent(https -> heeding.add(https.revocations()));
    parts.push(RevocationWatch.start(source, heeding));
  }

  private static Optional<EmbeddedBroker> startBroker(ServerOptions.BrokerChoice choice) {
    return choice instanceof ServerOptions.BrokerChoice.Embedded embedded
        ? Optional.of(EmbeddedBroker.start(embedded.settings()))
        : Optional.empty();
  }

  private static URI addressOf(
      ServerOptions.BrokerChoice choice, Optional<EmbeddedBroker> started) {
    return choice instanceof ServerOptions.BrokerChoice.External external
        ? external.address()
        : started.map(EmbeddedBroker::uri).orElseThrow(IllegalStateException::new);
  }

  /** A coordinator says more than an agent, and is missed more when it is away. */
  private static TransportSettings transport(
      ServerOptions options, URI broker, Optional<NewestTls> newest) {
    String clientId = ServerOptions.clientId(options.fleet());
    TransportSettings settings =
        newest
            .map(tls -> TransportSettings.overTls(broker, clientId, tls))
            .orElseGet(() -> TransportSettings.of(broker, clientId));
    return settings
        .withOutbox(new OutboxBounds(OUTBOX_MESSAGES, OUTBOX_BYTES))
        .withBackoff(new BackoffBounds(Duration.ofMillis(200), Duration.ofSeconds(10)));
  }

  private void noteStop(AuditTrail audit, ServerOptions options) {
    if (up) {
      audit.record(AuditEvent.of(Kind.STOPPED, options.fleet().value()));
    }
  }

  private static AuditTrail openAudit(ServerOptions options) {
    Path log = options.auditLog();
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      AuditKey key = AuditKey.of(options.identity(), new Ed25519());
      return new AuditTrail(AuditFile.open(log, key, InstantSource.system()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CoordinatorCore.Stores stores(ServerOptions options, Database database) {
    return new CoordinatorCore.Stores(
        new JdbiModelStore(database),
        new FileArtifactStore(options.artifacts()),
        new JdbiAgentStore(database),
        new JdbiRoundStore(database),
        new JdbiJobStore(database),
        new JdbiCommitStore(database),
        new JdbiPrivacyStore(database),
        new JdbiKeyStore(database),
        new JdbiReleaseStore(database));
  }

  private static void await(Future<?> future, String what) {
    try {
      future.toCompletionStage().toCompletableFuture().get(STEP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting " + what, e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("waited " + STEP.toSeconds() + " s " + what, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException("failed " + what + ": " + cause, cause);
    }
  }
}
