package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.MalformedDocumentException;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.settings.HostPort;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.TimeoutHandler;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an {@link IssuingDesk} over HTTPS, TLS 1.3 only. Its own certificate, of a key that is
 * never written, is short-lived and made anew each day.
 *
 * <pre>
 * POST /v1/enrolments   join secret and PKCS#10 request  -> 201, membership
 * POST /v1/renewals     PKCS#10 request, over mutual TLS -> 201, membership
 * GET  /v1/revocations  the newest list, signed          -> 200, or 304 for one that is known
 * </pre>
 *
 * <p>Deploy one instance: what limits attempts is kept on its one event loop.
 */
public final class EnrolmentVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(EnrolmentVerticle.class);
  private static final String JSON = "application/json";
  private static final int BODY_BYTES = 16 * 1024;
  private static final int HANDSHAKE_SECONDS = 10;

  /** Waiting for the desk, which does one thing at a time. */
  private static final int WAITING = 256;

  private static final int REFUSALS_AT_ONCE = 10;
  private static final Duration REFUSAL_INTERVAL = Duration.ofSeconds(10);
  private static final int REMEMBERED_ADDRESSES = 10_000;
  private static final Duration OWN_LIFETIME = Duration.ofDays(30);
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final IssuingDesk desk;
  private final HostPort listen;
  private final List<String> hosts;
  private final IssuerLimits limits;
  private final AttemptLimiter refusals =
      new AttemptLimiter(REFUSALS_AT_ONCE, REFUSAL_INTERVAL, REMEMBERED_ADDRESSES);
  private int waiting;
  private volatile int boundPort;
  private @Nullable HttpServer server;

  /**
   * @param listen port 0 for a free one
   * @param hosts names and addresses by which agents know this service
   */
  public EnrolmentVerticle(IssuingDesk desk, HostPort listen, Set<String> hosts) {
    this(desk, listen, hosts, IssuerLimits.standard());
  }

  /**
   * The same with other limits.
   *
   * @param listen port 0 for a free one
   * @param hosts names and addresses by which agents know this service
   */
  public EnrolmentVerticle(
      IssuingDesk desk, HostPort listen, Set<String> hosts, IssuerLimits limits) {
    this.desk = desk;
    this.listen = listen;
    this.hosts = hosts.stream().sorted().toList();
    this.limits = limits;
  }

  /** The port that it is bound to, from when its deployment has succeeded; any thread. */
  public int port() {
    return boundPort;
  }

  @Override
  public Future<?> start() {
    ConnectionBounds bounds = new ConnectionBounds(vertx, limits);
    HttpServer created =
        vertx
            .createHttpServer(options())
            .connectionHandler(bounds::opened)
            .requestHandler(router(bounds))
            .invalidRequestHandler(request -> request.connection().close());
    server = created;
    vertx.setPeriodic(DAY_MILLIS, timer -> renewOwnCertificate());
    vertx.setPeriodic(0, DAY_MILLIS, timer -> forgetTokens());
    return created
        .listen()
        .onSuccess(
            bound -> {
              boundPort = bound.actualPort();
              LOG.info("the issuing service listens on {}:{}", listen.host(), boundPort);
            });
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setHost(listen.host())
        .setPort(listen.port())
        .setSsl(true)
        .setEnabledSecureTransportProtocols(Set.of(FleetTls.PROTOCOL))
        .setClientAuth(ClientAuth.REQUEST)
        .setKeyCertOptions(ownCertificate())
        .setTrustOptions(
            TrustOptions.wrap(
                FleetTls.clientTrust(desk.authority().root(), desk.authority().fleet())))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(Math.toIntExact(limits.idle().toMillis()))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setMaxFormFields(1);
  }

  private KeyCertOptions ownCertificate() {
    KeyPair keys = P256Keys.generate();
    MemberName name = MemberName.of(desk.authority().fleet(), Role.ISSUER);
    TlsIdentity own =
        new TlsIdentity(
            desk.authority().certify(name, hosts, keys.getPublic(), desk.term(OWN_LIFETIME)),
            keys.getPrivate());
    return KeyCertOptions.wrap((X509KeyManager) FleetTls.keyManagers(own)[0]);
  }

  private void renewOwnCertificate() {
    HttpServer running = server;
    if (running != null) {
      running
          .updateSSLOptions(options().getSslOptions())
          .onFailure(e -> LOG.error("the service's own certificate could not be renewed", e));
    }
  }

  /** Join tokens whose time has long passed. */
  private void forgetTokens() {
    vertx
        .executeBlocking(desk::forgetExpiredTokens)
        .onSuccess(
            count -> {
              if (count > 0) {
                LOG.info("forgot {} join tokens that had expired", count);
              }
            })
        .onFailure(e -> LOG.error("expired join tokens could not be removed", e));
  }

  private Router router(ConnectionBounds bounds) {
    Router router = Router.router(vertx);
    BodyHandler body =
        BodyHandler.create(false).setBodyLimit(BODY_BYTES).setHandleFileUploads(false);
    router.route().handler(TimeoutHandler.create(limits.request().toMillis()));
    router
        .route()
        .handler(
            rc -> {
              rc.addEndHandler(ended -> bounds.answered(rc.request().connection()));
              rc.next();
            });
    router.post("/v1/enrolments").consumes(JSON).handler(body).handler(this::enrol);
    router.post("/v1/renewals").consumes(IssuerAnswers.OCTETS).handler(body).handler(this::renew);
    router.get("/v1/revocations").handler(this::revocations);
    router.errorHandler(404, rc -> IssuerAnswers.refuse(rc, Refusal.NOT_FOUND));
    router.errorHandler(405, rc -> IssuerAnswers.refuse(rc, Refusal.NOT_FOUND));
    router.errorHandler(413, rc -> IssuerAnswers.refuse(rc, Refusal.BODY_TOO_LARGE));
    router.errorHandler(415, rc -> IssuerAnswers.refuse(rc, Refusal.MALFORMED));
    router.errorHandler(400, rc -> IssuerAnswers.refuse(rc, Refusal.MALFORMED));
    router.errorHandler(503, IssuerAnswers::overdue);
    router.errorHandler(500, this::failed);
    return router;
  }

  private void enrol(RoutingContext rc) {
    Buffer body = rc.body().buffer();
    byte[] json = body == null ? new byte[0] : body.getBytes();
    atTheDesk(
        rc,
        () -> {
          try (EnrolmentApplication application = EnrolmentApplication.parse(json)) {
            return desk.enrol(application);
          } catch (MalformedDocumentException e) {
            return new Issued.Refused(Refusal.MALFORMED);
          } finally {
            Arrays.fill(json, (byte) 0);
          }
        });
  }

  private void renew(RoutingContext rc) {
    Buffer body = rc.body().buffer();
    X509Certificate present = certificateOf(rc);
    if (present == null) {
      IssuerAnswers.refuse(rc, Refusal.NO_CERTIFICATE);
    } else if (body == null || body.length() > EnrolmentRequest.MAXIMUM_BYTES) {
      IssuerAnswers.refuse(rc, Refusal.MALFORMED);
    } else {
      Octets request = Octets.owning(body.getBytes());
      atTheDesk(rc, () -> desk.renew(present, request));
    }
  }

  /** What the client has proved in TLS; null when it has shown nothing. */
  private static @Nullable X509Certificate certificateOf(RoutingContext rc) {
    try {
      return (X509Certificate) rc.request().connection().peerCertificates().get(0);
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  private void atTheDesk(RoutingContext rc, Callable<Issued> work) {
    String address = rc.request().remoteAddress().hostAddress();
    if (!refusals.allows(address, desk.now())) {
      rc.response().putHeader("Retry-After", Long.toString(REFUSAL_INTERVAL.toSeconds()));
      IssuerAnswers.refuse(rc, Refusal.TOO_MANY);
      return;
    }
    if (waiting >= WAITING) {
      rc.response().putHeader("Retry-After", "1");
      IssuerAnswers.refuse(rc, Refusal.BUSY);
      return;
    }
    waiting++;
    vertx
        .executeBlocking(work)
        .onComplete(
            issued -> {
              waiting--;
              answer(rc, address, issued);
            },
            failure -> {
              waiting--;
              rc.fail(failure);
            });
  }

  private void answer(RoutingContext rc, String address, Issued issued) {
    if (issued instanceof Issued.Refused refused) {
      refusals.charge(address, desk.now());
      LOG.warn("refused certificates to {}: {}", address, refused.reason());
      IssuerAnswers.refuse(rc, refused.reason());
    } else if (issued instanceof Issued.Granted granted) {
      LOG.info(
          "issued certificates to agent {}, serial number {}",
          granted.membership().agent(),
          granted.membership().certificates().facts().serial());
      try {
        rc.response()
            .setStatusCode(201)
            .putHeader("Content-Type", JSON)
            .putHeader("Cache-Control", "no-store")
            .end(Buffer.buffer(granted.membership().toDocument().toJson()));
      } catch (IOException e) {
        rc.fail(e);
      }
    }
  }

  private void revocations(RoutingContext rc) {
    vertx
        .executeBlocking(() -> desk.store().revocations())
        .onSuccess(
            list ->
                list.ifPresentOrElse(
                    l -> IssuerAnswers.send(rc, l),
                    () -> IssuerAnswers.refuse(rc, Refusal.NOT_FOUND)))
        .onFailure(rc::fail);
  }

  private void failed(RoutingContext rc) {
    LOG.error("the issuing service failed at {}", rc.normalizedPath(), rc.failure());
    IssuerAnswers.refuse(rc, Refusal.FAILED);
  }
}
