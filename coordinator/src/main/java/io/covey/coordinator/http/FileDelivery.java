package io.covey.coordinator.http;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.MemberStanding;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the sealed files of published versions to the devices of the fleet, and to nobody else:
 * HTTPS over TLS 1.3, by mutual certificates.
 *
 * <pre>
 * GET /artifacts/{sha256}  with or without a range (RFC 9110, section 14)  -> 200, 206
 * </pre>
 *
 * <p>The artifact store also holds the plain files, under their own digests: what is served is what
 * agents are offered, and sealed. Whoever is revoked is refused at once, and within {@link #SWEEP}
 * where a connection stands. Deploy one instance: the limits are kept on its one event loop.
 */
public final class FileDelivery extends VerticleBase {
  /** What is read and written at a time. */
  public static final int SLICE_BYTES = 64 << 10;

  /** How often connections are looked at. */
  public static final Duration SWEEP = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(FileDelivery.class);
  private static final String PATH = "/artifacts/";
  private static final int REQUEST_LINE_BYTES = 512;
  private static final int HEADER_BYTES = 4096;
  private static final int HANDSHAKE_SECONDS = 30;
  private static final List<HttpMethod> METHODS = List.of(HttpMethod.GET, HttpMethod.HEAD);

  private final FileDeliverySettings settings;
  private final Identity identity;
  private final Files files;
  private final DeliveryMeters meters;
  private volatile boolean admitting;
  private volatile int boundPort;
  private @Nullable DeviceGate gate;
  private @Nullable DeliveryRates rates;
  private volatile @Nullable HttpServer server;

  /**
   * Who serves, and whom.
   *
   * @param own with the role of a delivery service, for the names that agents use
   */
  public record Identity(FleetId fleet, TlsIdentity own, MemberStanding standing) {}

  /**
   * What is served.
   *
   * @param offered the file of a digest that agents may fetch now; any thread
   */
  public record Files(Function<Sha256, Optional<ArtifactReference>> offered, ArtifactStore store) {}

  /**
   * @param registry where it counts
   */
  public FileDelivery(
      FileDeliverySettings settings, Identity identity, Files files, MeterRegistry registry) {
    this.settings = settings;
    this.identity = identity;
    this.files = files;
    this.meters = new DeliveryMeters(registry);
  }

  /** The port that it is bound to, from when its deployment has succeeded; any thread. */
  public int port() {
    return boundPort;
  }

  /**
   * Lets devices in from now on: who is revoked is known, and what is offered. Before that, every
   * connection is closed. Any thread.
   */
  public void admit() {
    admitting = true;
  }

  @Override
  public Future<?> start() {
    DeviceGate opening = new DeviceGate(settings, identity.standing(), meters);
    gate = opening;
    rates = new DeliveryRates(settings);
    HttpServer created =
        vertx
            .createHttpServer(options(identity.own()))
            .connectionHandler(
                connection -> {
                  if (admitting) {
                    opening.opened(connection);
                  } else {
                    connection.close();
                  }
                })
            .invalidRequestHandler(HttpVerticle::refuse)
            .requestHandler(this::handle);
    server = created;
    vertx.setPeriodic(SWEEP.toMillis(), timer -> opening.sweep());
    return created
        .listen()
        .onSuccess(
            bound -> {
              boundPort = bound.actualPort();
              LOG.info(
                  "files of models are served over HTTPS on {}:{}",
                  settings.listen().host(),
                  boundPort);
            });
  }

  /**
   * Proves itself with another certificate of the same root to whoever connects from now on. Any
   * thread.
   *
   * @return failed where the server does not take it
   */
  public Future<?> prove(TlsIdentity own) {
    HttpServer running = server;
    return running == null
        ? Future.failedFuture(new IllegalStateException("files are not served"))
        : running.updateSSLOptions(options(own).getSslOptions());
  }

  @Override
  public Future<?> stop() {
    HttpServer running = server;
    return running == null ? Future.succeededFuture() : running.close();
  }

  private HttpServerOptions options(TlsIdentity own) {
    return new HttpServerOptions()
        .setHost(settings.listen().host())
        .setPort(settings.listen().port())
        .setSsl(true)
        .setEnabledSecureTransportProtocols(Set.of(FleetTls.PROTOCOL))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
        .setClientAuth(ClientAuth.REQUIRED)
        .setKeyCertOptions(KeyCertOptions.wrap((X509KeyManager) FleetTls.keyManagers(own)[0]))
        .setTrustOptions(TrustOptions.wrap(FleetTls.clientTrust(own.root(), identity.fleet())))
        .setMaxInitialLineLength(REQUEST_LINE_BYTES)
        .setMaxHeaderSize(HEADER_BYTES)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(Math.toIntExact(settings.idle().toMillis()))
        // One request at a time on a connection: closing it ends what its limits are about.
        .setUseAlpn(false);
  }

  private void handle(HttpServerRequest request) {
    DeviceGate open = gate;
    Optional<AgentId> device =
        open == null ? Optional.empty() : open.deviceOf(request.connection());
    if (open == null || device.isEmpty()) {
      request.connection().close();
      return;
    }
    // An exchange that fails is over; the response says so.
    request.exceptionHandler(e -> {});
    try {
      serve(request, open, device.get());
    } catch (ProblemException problem) {
      meters.answered(problem.type().status());
      LOG.debug(
          "{} {} {} {}",
          device.get(),
          request.method(),
          AccessLog.printable(request.uri()),
          problem.type().status());
      ProblemResponder.answer(request, problem);
    }
  }

  private void serve(HttpServerRequest request, DeviceGate open, AgentId device) {
    requireReadable(request);
    ArtifactReference file = requested(request.path());
    String entityTag = '"' + file.digest().hex() + '"';
    ByteRange range = ByteRange.requested(request, entityTag, file.lengthBytes());
    HttpServerResponse response = request.response();
    response
        .putHeader(HttpHeaders.ETAG, entityTag)
        .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
        // What has a digest never changes; nobody may recode it on its way.
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=86400, immutable, no-transform");
    if (ArtifactOperations.isKnown(request.getHeader(HttpHeaders.IF_NONE_MATCH), entityTag)) {
      response.setStatusCode(304).end();
      meters.answered(304);
      return;
    }
    open.begin(device);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(range.lengthBytes()));
    if (!range.isWhole(file.lengthBytes())) {
      response
          .setStatusCode(206)
          .putHeader(HttpHeaders.CONTENT_RANGE, range.header(file.lengthBytes()));
    }
    meters.answered(response.getStatusCode());
    FileTransfer transfer =
        new FileTransfer(
            vertx,
            request,
            new FileTransfer.Part(device, file, range),
            new FileTransfer.Terms(
                settings.drain(), rates(), files.store(), meters, () -> open.end(device)));
    if (request.method().equals(HttpMethod.HEAD)) {
      transfer.headOnly();
    } else {
      transfer.begin();
    }
  }

  private DeliveryRates rates() {
    DeliveryRates made = rates;
    if (made == null) {
      throw new IllegalStateException("a request before the start");
    }
    return made;
  }

  /** Nothing is read here; a body would keep the connection busy for as long as it likes. */
  private static void requireReadable(HttpServerRequest request) {
    if (!METHODS.contains(request.method())) {
      throw new ProblemException(
          ProblemType.METHOD_NOT_ALLOWED,
          "Files are there to be fetched.",
          List.of(),
          Map.of("Allow", "GET, HEAD", "Connection", "close"));
    }
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    boolean empty = length == null || length.equals("0");
    if (!empty || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
      throw new ProblemException(
          ProblemType.MALFORMED_REQUEST,
          "A request for a file has no body.",
          List.of(),
          Map.of("Connection", "close"));
    }
  }

  private ArtifactReference requested(@Nullable String path) {
    if (path != null && path.startsWith(PATH)) {
      try {
        Optional<ArtifactReference> file =
            files.offered().apply(new Sha256(path.substring(PATH.length())));
        // Also if a plain file were offered by mistake: over this way only sealed ones go out.
        if (file.isPresent() && file.get().sealing().isPresent()) {
          return file.get();
        }
      } catch (IllegalArgumentException e) {
        throw ProblemException.notFound("The path ends in no SHA-256.");
      }
    }
    throw ProblemException.notFound("No published version has such a file.");
  }
}
