package io.covey.coordinator.broker;

import io.covey.crypto.identity.x509.Role;
import io.covey.protocols.id.AgentId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real Mosquitto in a process of its own, with the configuration that Covey writes. */
final class MosquittoBroker implements AutoCloseable {
  private static final String REQUIRED = "TESTS_REQUIRE_MOSQUITTO";
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final TestFleet fleet;
  private final MosquittoConfiguration configuration;
  private final int port;
  private final Path log;
  private final Process process;

  private MosquittoBroker(Path program, TestFleet fleet, Path directory) throws IOException {
    this.fleet = fleet;
    this.port = freePort();
    this.log = directory.resolve("log");
    this.configuration = new MosquittoConfiguration(TestFleet.FLEET, directory);
    configuration.write(fleet.member(Role.BROKER), port, Optional.empty());
    writeRevocations(Set.of());
    // Started by root it would become another user, who cannot read a test's directory.
    Files.writeString(
        directory.resolve(MosquittoConfiguration.CONFIGURATION),
        "user " + System.getProperty("user.name") + "\n",
        StandardOpenOption.APPEND);
    this.process =
        new ProcessBuilder(
                program.toString(),
                "-v",
                "-c",
                directory.resolve(MosquittoConfiguration.CONFIGURATION).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    awaitListening();
  }

  /** Skips the test where Mosquitto is not installed, unless it must be. */
  static MosquittoBroker start(TestFleet fleet, Path directory) throws IOException {
    Optional<Path> program = program();
    if (program.isEmpty()) {
      String reason = "Mosquitto is not installed: its tests are skipped";
      if (System.getenv(REQUIRED) != null) {
        throw new IllegalStateException(reason + ", and " + REQUIRED + " is set");
      }
      Assumptions.abort(reason);
    }
    return new MosquittoBroker(program.orElseThrow(), fleet, directory);
  }

  private static Optional<Path> program() {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
    return Arrays.stream(path.split(":"))
        .map(folder -> Path.of(folder, "mosquitto"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening() throws IOException {
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

  URI uri() {
    return URI.create("mqtts://localhost:" + port);
  }

  /** Writes the fleet's newest list, and has it taken up. */
  void heedRevocations(Set<String> denied) throws IOException, InterruptedException {
    writeRevocations(denied.stream().map(AgentId::new).collect(Collectors.toSet()));
    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
  }

  private void writeRevocations(Set<AgentId> denied) throws IOException {
    configuration.writeRevocations(fleet.authority().crl(fleet.list()), denied);
  }

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
