package io.covey.simulator.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A Mosquitto that runs with a configuration which {@code covey broker config} has written. */
final class MosquittoProcess implements AutoCloseable {
  private static final String REQUIRED = "TESTS_REQUIRE_MOSQUITTO";
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path log;
  private final Process process;

  private MosquittoProcess(Path program, Path configuration, int port) throws IOException {
    this.log = configuration.resolveSibling("log");
    // Started by root it would become another user, who cannot read a test's directory.
    Files.writeString(
        configuration, "user " + System.getProperty("user.name") + "\n", StandardOpenOption.APPEND);
    this.process =
        new ProcessBuilder(program.toString(), "-v", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    awaitListening(port);
  }

  /** Skips the test where Mosquitto is not installed, unless it must be. */
  static void require() {
    if (programs().findFirst().isEmpty()) {
      String reason = "Mosquitto is not installed: its tests are skipped";
      if (System.getenv(REQUIRED) != null) {
        throw new IllegalStateException(reason + ", and " + REQUIRED + " is set");
      }
      Assumptions.abort(reason);
    }
  }

  /** Returns once it listens. */
  static MosquittoProcess start(Path configuration, int port) throws IOException {
    return new MosquittoProcess(programs().findFirst().orElseThrow(), configuration, port);
  }

  private static Stream<Path> programs() {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
    return Arrays.stream(path.split(":"))
        .map(folder -> Path.of(folder, "mosquitto"))
        .filter(Files::isExecutable);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening(int port) throws IOException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (true) {
      try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("Mosquitto does not listen: " + Files.readString(log), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  /** What it has said of clients and their messages. */
  String log() throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.collect(Collectors.joining("\n"));
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
