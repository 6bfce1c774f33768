package io.covey.benchmarks.delivery;

import io.covey.coordinator.http.FileDelivery;
import io.covey.coordinator.http.FileDeliverySettings;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.MemberStanding;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.settings.HostPort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** The coordinator's files over HTTPS, as in production but for the file, which is in memory. */
final class HttpsFiles implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FileDelivery delivery;

  /**
   * @param members directory with the delivery service's key and certificate
   */
  HttpsFiles(Path members, ArtifactReference artifact, ArtifactStore store) throws IOException {
    Revocations nobody =
        new Revocations(FleetVerifier.of(BenchFleet.coordinatorTrust(), new Ed25519()));
    this.delivery =
        new FileDelivery(
            FileDeliverySettings.at(new HostPort(BenchMembers.LOCALHOST, 0)),
            new FileDelivery.Identity(
                BenchFleet.FLEET,
                AuthorityFiles.readMember(members, BenchMembers.DELIVERY),
                new MemberStanding(BenchFleet.FLEET, nobody, InstantSource.system())),
            new FileDelivery.Files(
                digest -> Optional.of(artifact).filter(file -> file.digest().equals(digest)),
                store),
            meters);
    var unused = vertx.deployVerticle(delivery).toCompletionStage().toCompletableFuture().join();
    delivery.admit();
  }

  int port() {
    return delivery.port();
  }

  /** Of files that have gone out. */
  long bytes() {
    return (long) meters.counter("covey.delivery.https.bytes").count();
  }

  @Override
  public void close() {
    var unused = vertx.close();
  }
}
