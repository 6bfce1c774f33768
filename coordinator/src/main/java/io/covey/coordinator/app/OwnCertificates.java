package io.covey.coordinator.app;

import io.covey.coordinator.broker.BrokerTls;
import io.covey.coordinator.broker.EmbeddedBroker;
import io.covey.coordinator.http.FileDelivery;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The certificates that a coordinator's process proves itself with, and who in it has to be told of
 * a newer one.
 */
final class OwnCertificates {
  static final String AUTHORITY = "authority";
  static final String AUTHORITY_REMEDY =
      "have the root certify it again with `covey authority recertify`, start the issuing service"
          + " again, and certify anew what was certified before";

  private static final long STEP_SECONDS = 30;

  private final ServerOptions options;
  private final Users users;

  /** What proves itself with them. */
  record Users(
      Optional<NewestTls> coordinator,
      Optional<EmbeddedBroker> broker,
      Optional<FileDelivery> delivery) {}

  OwnCertificates(ServerOptions options, Users users) {
    this.options = options;
    this.users = users;
  }

  /** Has all of them watched. */
  void watchedBy(CertificateWatch watch) {
    options.mutualTls().ifPresent(mutual -> watchCoordinator(watch, mutual));
    users.broker().ifPresent(broker -> watchBroker(watch, broker));
    options
        .httpsDelivery()
        .ifPresent(
            https ->
                watch.watch(
                    MutualTlsKeys.DELIVERY,
                    https.own(),
                    options.renewal(Role.DELIVERY),
                    this::proveDelivery));
  }

  private void watchCoordinator(CertificateWatch watch, MutualTls mutual) {
    watch.watch(
        "coordinator",
        mutual.own(),
        options.renewal(Role.COORDINATOR),
        own -> {
          users.coordinator().ifPresent(tls -> tls.prove(own));
          options.revocations().ifPresent(source -> source.prove(own));
        });
    if (issuerOf(mutual.own()).isPresent()) {
      watch.watch(
          AUTHORITY,
          () -> issuerOf(watch.inUse("coordinator")).orElseGet(() -> mutual.own().chain().get(1)),
          AUTHORITY_REMEDY);
    }
  }

  /** The authority's certificate, by which the coordinator's counts. */
  private static Optional<X509Certificate> issuerOf(TlsIdentity own) {
    List<X509Certificate> chain = own.chain();
    return chain.size() > 2 ? Optional.of(chain.get(1)) : Optional.empty();
  }

  private void watchBroker(CertificateWatch watch, EmbeddedBroker broker) {
    if (options.broker() instanceof ServerOptions.BrokerChoice.Embedded embedded) {
      embedded
          .settings()
          .tls()
          .map(BrokerTls::own)
          .ifPresent(
              own ->
                  watch.watch(
                      MutualTlsKeys.BROKER, own, options.renewal(Role.BROKER), broker::prove));
    }
  }

  private void proveDelivery(TlsIdentity own) throws IOException {
    FileDelivery delivery = users.delivery().orElseThrow(IllegalStateException::new);
    try {
      var unused =
          delivery
              .prove(own)
              .toCompletionStage()
              .toCompletableFuture()
              .get(STEP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the delivery over HTTPS does not take it: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
