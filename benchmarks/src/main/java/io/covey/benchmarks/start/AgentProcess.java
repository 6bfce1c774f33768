package io.covey.benchmarks.start;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real agent, in a process of its own, on what {@link HeldModel} has left. */
final class AgentProcess implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration REQUEST = Duration.ofSeconds(10);

  /** Short beside what is measured, and long enough not to disturb it. */
  private static final long PAUSE_MILLIS = 5;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Process process;
  private final long startNanos;
  private final HttpRequest request;
  private final Path log;

  private AgentProcess(Process process, long startNanos, HttpRequest request, Path log) {
    this.process = process;
    this.startNanos = startNanos;
    this.request = request;
    this.log = log;
  }

  static AgentProcess start(Path launcher, HeldModel held, Path log) throws IOException {
    int port = freePort();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + port + held.inferencePath()))
            .timeout(REQUEST)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(held.inferenceBody()))
            .build();
    ProcessBuilder agent =
        new ProcessBuilder(
                launcher.toString(),
                "agent",
                "--id",
                held.agent().value(),
                "--fleet",
                held.fleet().value(),
                "--data",
                held.data().toString(),
                "--listen",
                LOOPBACK + ":" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    long startNanos = System.nanoTime();
    return new AgentProcess(agent.start(), startNanos, request, log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** How long it took from its start until a request for inference was answered. */
  Duration awaitAnswer() throws IOException, InterruptedException {
    while (!answers()) {
      Duration passed = Duration.ofNanos(System.nanoTime() - startNanos);
      if (!process.isAlive() || passed.compareTo(LONGEST) > 0) {
        throw new IOException("the agent does not answer: " + said());
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private boolean answers() throws InterruptedException {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      // It does not listen yet.
      return false;
    }
  }

  private String said() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8).strip();
  }

  /** Stops it in order, which is when its classes are archived. */
  @Override
  public void close() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the agent did not stop: " + said());
    }
  }
}
