package io.covey.coordinator.http;

import io.covey.protocols.message.Limits;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the admin API is served.
 *
 * @param host a name or an address to bind to
 * @param port 0 for any free one
 * @param insecure allows a host that is not a loopback address, although callers are not asked who
 *     they are
 * @param uploadDirectory where bodies are kept while they arrive; made when it is not there
 */
public record HttpSettings(
    String host,
    int port,
    boolean insecure,
    Path uploadDirectory,
    BodyLimits bodies,
    Timeouts timeouts,
    LoadLimits load) {

  /** Serves on 127.0.0.1 with the default limits. */
  public static HttpSettings onLoopback(int port, Path uploadDirectory) {
    return new HttpSettings(
        "127.0.0.1",
        port,
        false,
        uploadDirectory,
        BodyLimits.standard(),
        Timeouts.standard(),
        LoadLimits.standard());
  }

  public HttpSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host is blank, expected a name or an address");
    }
    check("port", port, 0, 65_535);
  }

  public HttpSettings withBodies(BodyLimits other) {
    return new HttpSettings(host, port, insecure, uploadDirectory, other, timeouts, load);
  }

  public HttpSettings withTimeouts(Timeouts other) {
    return new HttpSettings(host, port, insecure, uploadDirectory, bodies, other, load);
  }

  public HttpSettings withLoad(LoadLimits other) {
    return new HttpSettings(host, port, insecure, uploadDirectory, bodies, timeouts, other);
  }

  /**
   * The largest bodies that are taken.
   *
   * @param jsonBytes of a JSON document
   * @param csvBytes of held-out examples
   * @param modelBytes of a graph, or of a form with graph and weights together
   */
  public record BodyLimits(int jsonBytes, long csvBytes, long modelBytes) {
    public BodyLimits {
      check("jsonBytes", jsonBytes, 1, 16 << 20);
      // A body becomes one array.
      check("csvBytes", csvBytes, 1, 1 << 30);
      check("modelBytes", modelBytes, 1, 2 * Limits.ARTIFACT_BYTES);
    }

    /** 64 KiB, 64 MiB, 256 MiB. */
    public static BodyLimits standard() {
      return new BodyLimits(64 << 10, 64L << 20, 256L << 20);
    }
  }

  /**
   * How long anything may take.
   *
   * @param idle a connection on which nothing moves is closed
   * @param body from a request's head to the end of its body
   * @param operation from a whole request to what the coordinator answers
   * @param heartbeat between two comments on an event stream
   */
  public record Timeouts(Duration idle, Duration body, Duration operation, Duration heartbeat) {
    public Timeouts {
      checkPeriod("idle", idle);
      checkPeriod("body", body);
      checkPeriod("operation", operation);
      checkPeriod("heartbeat", heartbeat);
      if (heartbeat.compareTo(idle) >= 0) {
        throw new IllegalArgumentException(
            "heartbeat is " + heartbeat + ", expected less than idle, which is " + idle);
      }
    }

    /** 60 s, 10 min, 2 min, 15 s. */
    public static Timeouts standard() {
      return new Timeouts(
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          Duration.ofMinutes(2),
          Duration.ofSeconds(15));
    }

    private static void checkPeriod(String what, Duration period) {
      if (period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(what + " is " + period + ", expected PT0.001S to P1D");
      }
    }
  }

  /**
   * How much may go on at once.
   *
   * @param connections more are closed as soon as they open
   * @param transfers up- and downloads of files; more are answered 503
   * @param watchers event streams; more are answered 503
   * @param watcherBacklog events that wait for one watcher; with more it is cut off
   */
  public record LoadLimits(int connections, int transfers, int watchers, int watcherBacklog) {
    public LoadLimits {
      check("connections", connections, 1, 65_536);
      check("transfers", transfers, 1, 1024);
      check("watchers", watchers, 1, 65_536);
      check("watcherBacklog", watcherBacklog, 1, 65_536);
    }

    /** 512, 4, 64, 256. */
    public static LoadLimits standard() {
      return new LoadLimits(512, 4, 64, 256);
    }
  }

  private static void check(String what, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }
}
