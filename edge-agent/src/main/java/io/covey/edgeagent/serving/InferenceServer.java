package io.covey.edgeagent.serving;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.covey.edgeagent.serving.InferenceException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Open Inference Protocol v2 over HTTP, for programs on this device.
 *
 * <p>Stands on the JDK's own server, which adds nothing to the agent's size. That server takes its
 * limits from system properties once in a process; {@link #PROPERTIES} are set where they are not
 * set already.
 */
public final class InferenceServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InferenceServer.class);
  private static final int QUEUE = 64;
  private static final int STOP_MILLIS = 1000;
  private static final int STOP_STEP_MILLIS = 10;

  /** Name and value, in turn. */
  private static final String[] PROPERTIES = {
    // Without it a response waits for the delayed acknowledgement of its headers: 40 ms on Linux.
    "sun.net.httpserver.nodelay", "true",
    // Seconds until a request has come in whole, and until its response has gone out.
    "sun.net.httpserver.maxReqTime", "30",
    "sun.net.httpserver.maxRspTime", "60",
    "sun.net.httpserver.idleInterval", "60",
    "sun.net.httpserver.maxIdleConnections", "64",
    "jdk.httpserver.maxConnections", "256",
    "sun.net.httpserver.maxReqHeaders", "64",
  };

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final InferenceApi api;
  private final HostGuard guard;
  private final int maximumBodyBytes;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean closing;

  private InferenceServer(HttpServer server, HttpSettings settings, InferenceApi api) {
    this.server = server;
    this.api = api;
    this.guard = new HostGuard(settings.allowedHosts());
    this.maximumBodyBytes = settings.maximumBodyBytes();
    this.threads = newThreads(settings.threads());
  }

  /**
   * Listens from now on.
   *
   * @throws IOException when the address cannot be listened on
   */
  public static InferenceServer start(HttpSettings settings, InferenceApi api) throws IOException {
    for (int i = 0; i < PROPERTIES.length; i += 2) {
      if (System.getProperty(PROPERTIES[i]) == null) {
        System.setProperty(PROPERTIES[i], PROPERTIES[i + 1]);
      }
    }
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
    HttpServer http = listen(address);
    InferenceServer server = new InferenceServer(http, settings, api);
    http.setExecutor(server.threads);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  private static HttpServer listen(InetSocketAddress address) throws IOException {
    try {
      return HttpServer.create(address, QUEUE);
    } catch (IOException e) {
      throw new IOException("cannot listen on %s: %s".formatted(address, e.getMessage()), e);
    }
  }

  /** Where requests are taken. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Takes no more requests, and gives those under way a second to end. */
  @Override
  public void close() {
    closing = true;
    try {
      // The server's own way to wait takes its full time even when nothing is under way.
      for (int i = 0; i < STOP_MILLIS / STOP_STEP_MILLIS && underWay.get() > 0; i++) {
        Thread.sleep(STOP_STEP_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    threads.shutdownNow();
  }

  private static ThreadPoolExecutor newThreads(int count) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
              Thread thread = new Thread(task, "inference-http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            InferenceServer::refuse);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Where a request that finds the queue full is answered: on the thread that accepts. */
  private static final ThreadLocal<Boolean> OVERLOADED = ThreadLocal.withInitial(() -> false);

  private static void refuse(Runnable exchange, ThreadPoolExecutor pool) {
    OVERLOADED.set(true);
    try {
      exchange.run();
    } finally {
      OVERLOADED.remove();
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    underWay.incrementAndGet();
    try (exchange) {
      InferenceApi.Answer answer;
      try {
        answer = answer(exchange);
      } catch (InferenceException e) {
        answer = InferenceApi.Answer.error(e);
      } catch (RuntimeException | Error e) {
        LOG.error("A request failed", e);
        answer =
            InferenceApi.Answer.error(
                new InferenceException(Reason.FAILED, "the agent failed; its log says why"));
      }
      send(exchange, answer);
    } finally {
      underWay.decrementAndGet();
    }
  }

  private InferenceApi.Answer answer(HttpExchange exchange) throws IOException, InferenceException {
    if (closing) {
      throw new InferenceException(Reason.OVERLOADED, "the agent is stopping");
    }
    if (OVERLOADED.get()) {
      throw new InferenceException(Reason.OVERLOADED, "too many requests wait; try again later");
    }
    if (!guard.admits(exchange.getRequestHeaders().getFirst("Host"))) {
      throw new InferenceException(
          Reason.MISDIRECTED,
          "the Host header does not name this device; allow its name in the agent's configuration");
    }
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    if (method.equals("POST")) {
      InferenceApi.Route route = api.post(path);
      requireJson(exchange);
      return route.answer(readBody(exchange));
    }
    if (method.equals("GET") || method.equals("HEAD")) {
      return api.get(path);
    }
    throw new InferenceException(
        Reason.WRONG_METHOD, "method %s is not known here".formatted(method));
  }

  private static void requireJson(HttpExchange exchange) throws InferenceException {
    if (exchange.getRequestHeaders().containsKey("Inference-Header-Content-Length")) {
      throw new InferenceException(
          Reason.WRONG_CONTENT_TYPE, "binary tensor data are not supported; send JSON");
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    String essence = type == null ? "" : type.split(";", 2)[0].strip();
    if (!essence.equalsIgnoreCase("application/json")) {
      throw new InferenceException(
          Reason.WRONG_CONTENT_TYPE, "send the header Content-Type: application/json");
    }
  }

  private byte[] readBody(HttpExchange exchange) throws IOException, InferenceException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(maximumBodyBytes);
    if (body.length == maximumBodyBytes && in.read() >= 0) {
      // A client that is still sending would not see the answer: take in as much again.
      in.readNBytes(maximumBodyBytes);
      throw new InferenceException(
          Reason.TOO_LARGE,
          "the body is larger than the maximum of %d bytes".formatted(maximumBodyBytes));
    }
    return body;
  }

  private static void send(HttpExchange exchange, InferenceApi.Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    answer.allow().ifPresent(methods -> exchange.getResponseHeaders().set("Allow", methods));
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    byte[] body = answer.body();
    exchange.sendResponseHeaders(answer.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
