package io.covey.coordinator.http;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.AdminOperations;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin API. Deploy one instance: the limits on connections, transfers and watchers are
 * kept on its one event loop.
 */
public final class HttpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);
  private static final int FORM_FIELDS = 8;

  private final HttpSettings settings;
  private final AdminOperations admin;
  private final PrometheusMeterRegistry meters;
  private final TrainingPlan standardPlan;
  private volatile int boundPort;
  private @Nullable HttpServer server;

  /**
   * @param meters what {@code /metrics} shows
   */
  public HttpVerticle(
      HttpSettings settings, AdminOperations admin, PrometheusMeterRegistry meters) {
    this(settings, admin, meters, TrainingPlan.standard());
  }

  /**
   * @param meters what {@code /metrics} shows
   * @param standardPlan what a training takes that says nothing of its plan
   */
  public HttpVerticle(
      HttpSettings settings,
      AdminOperations admin,
      PrometheusMeterRegistry meters,
      TrainingPlan standardPlan) {
    this.settings = settings;
    this.admin = admin;
    this.meters = meters;
    this.standardPlan = standardPlan;
  }

  /**
   * The port that the server is bound to, from when its deployment has succeeded; from any thread.
   *
   * @throws IllegalStateException before that
   */
  public int port() {
    if (boundPort == 0) {
      throw new IllegalStateException("the admin API is not bound yet");
    }
    return boundPort;
  }

  /** Fails when the host is not a loopback address and that was not asked for explicitly. */
  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(this::prepare)
        .compose(loopback -> Contract.load(vertx).compose(c -> listen(c, loopback)));
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }

  /** Answers whether the host is a loopback address. */
  private boolean prepare() throws IOException {
    boolean loopback =
        Arrays.stream(InetAddress.getAllByName(settings.host()))
            .allMatch(InetAddress::isLoopbackAddress);
    if (!loopback && !settings.insecure()) {
      throw new IllegalStateException(
          "refusing to serve the admin API on "
              + settings.host()
              + ": callers are not asked who they are, so it is for this machine only. Bind to"
              + " 127.0.0.1, or say --insecure if something else keeps strangers away.");
    }
    if (!loopback) {
      LOG.warn("the admin API listens on {} for anybody who can reach it", settings.host());
    }
    Files.createDirectories(settings.uploadDirectory());
    return loopback;
  }

  private Future<HttpServer> listen(Contract contract, boolean loopback) {
    TransferSlots transfers = new TransferSlots(settings.load().transfers());
    Router router =
        new AdminRouter(
                vertx, contract, handlers(contract, transfers), settings.timeouts().operation())
            .build(
                List.of(
                    new AccessLog(),
                    new CallerCheck(loopback, settings.host()),
                    new Negotiation(contract),
                    new BodyIntake(vertx, settings, transfers)));
    ConnectionGate gate = new ConnectionGate(vertx, settings, meters);
    HttpServer created =
        vertx
            .createHttpServer(options())
            .connectionHandler(gate::opened)
            .invalidRequestHandler(HttpVerticle::refuse)
            .requestHandler(
                request -> {
                  gate.spoke(request.connection());
                  router.handle(request);
                });
    server = created;
    return created
        .listen()
        .onSuccess(
            bound -> {
              boundPort = bound.actualPort();
              LOG.info("the admin API listens on {}:{}", settings.host(), boundPort);
            });
  }

  private Map<String, Consumer<Exchange>> handlers(Contract contract, TransferSlots transfers) {
    Map<String, Consumer<Exchange>> all = new HashMap<>();
    all.putAll(new ServiceOperations(admin, meters, contract).handlers());
    all.putAll(new ModelOperations(admin, new UploadForm(contract.enforced())).handlers());
    all.putAll(new ArtifactOperations(admin, transfers).handlers());
    all.putAll(new TrainingOperations(admin, standardPlan).handlers());
    all.putAll(new PrivacyOperations(admin).handlers());
    all.putAll(new ReleaseOperations(admin).handlers());
    all.putAll(new WatchOperations(admin, settings, meters).handlers());
    all.putAll(new FleetOperations(admin).handlers());
    return all;
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setHost(settings.host())
        .setPort(settings.port())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(Math.toIntExact(settings.timeouts().idle().toMillis()))
        // One request at a time on a connection: closing it ends what its limits are about.
        .setHttp2ClearTextEnabled(false)
        .setMaxFormFields(FORM_FIELDS);
  }

  /**
   * Answers what is not HTTP, and closes the connection: where the next request begins is unknown.
   */
  static void refuse(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    ProblemException problem;
    if (cause instanceof TooLongHttpLineException) {
      problem = new ProblemException(ProblemType.URI_TOO_LONG, "Ask for less in one request.");
    } else if (cause instanceof TooLongHttpHeaderException) {
      problem = new ProblemException(ProblemType.HEADERS_TOO_LARGE, "Send fewer header fields.");
    } else {
      problem = new ProblemException(ProblemType.MALFORMED_REQUEST, "This is not HTTP/1.1.");
    }
    ProblemResponder.refuse(request, problem);
  }
}
