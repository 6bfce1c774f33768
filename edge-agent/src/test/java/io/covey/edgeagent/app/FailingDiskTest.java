package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.covey.protocols.launch.Covey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real file system that is full or read-only, mounted for a process of its own. */
@Timeout(300)
class FailingDiskTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern ADDRESS = Pattern.compile("inference at (http://[0-9.:]+)/v2");

  @TempDir private Path temporary;

  private MountedDisk disk;

  @BeforeEach
  void mount() throws Exception {
    Optional<MountedDisk> mounted = MountedDisk.at(temporary.resolve("disk"));
    assumeTrue(
        mounted.isPresent(),
        "skipped: nothing can be mounted here, neither as root nor in a user namespace");
    disk = mounted.orElseThrow();
  }

  private static List<String> java(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Process watched(ProcessBuilder program) throws IOException {
    Process process = program.start();
    // A read from a pipe cannot be interrupted: only its end ends it.
    CompletableFuture.delayedExecutor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    return process;
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "full-at-start", "read-only"})
  void whatIsServedAnswersAndNewVersionsWait(String what) throws Exception {
    Process process =
        watched(disk.with(java(FailingDisk.class.getName(), what, disk.directory().toString())));
    try (BufferedReader lines = process.inputReader()) {
      List<String> said = lines.lines().toList();
      assertThat(said).endsWith("as expected");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void theProgramServesFromAReadOnlyDiskAndSaysSo() throws Exception {
    Path source = Files.createDirectories(temporary.resolve("source"));
    KilledAgentTest.prepare(source);
    Process process =
        watched(
            disk.readOnly(
                source,
                java(
                    Covey.class.getName(),
                    "agent",
                    "--id",
                    "a1",
                    "--fleet",
                    "home",
                    "--broker",
                    "mqtt://127.0.0.1:1",
                    "--data",
                    disk.directory().toString(),
                    "--listen",
                    "127.0.0.1:0")));
    try (BufferedReader lines = process.inputReader()) {
      StringBuilder said = new StringBuilder();
      Optional<String> address = Optional.empty();
      String line = lines.readLine();
      while (line != null && address.isEmpty()) {
        said.append(line).append('\n');
        Matcher found = ADDRESS.matcher(line);
        address = found.find() ? Optional.of(found.group(1)) : Optional.empty();
        line = address.isEmpty() ? lines.readLine() : line;
      }
      assertThat(address).as("the agent said: %s", said).isPresent();
      HttpResponse<String> ready = whenReady(address.get());
      assertThat(said).contains("the data directory cannot be written: Read-only file system");
      assertThat(ready.body())
          .contains("\"storage\":\"the data directory cannot be written: Read-only file system\"");
      assertThat(get(address.get(), "/v2/models/digits").body()).contains("\"2\"");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Asks until everything is served; the watchdog ends what never is. */
  private static HttpResponse<String> whenReady(String address) throws Exception {
    HttpResponse<String> answer = get(address, "/v2/health/ready");
    while (answer.statusCode() != 200) {
      answer = get(address, "/v2/health/ready");
    }
    return answer;
  }

  private static HttpResponse<String> get(String address, String path) throws Exception {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new AssertionError("the agent has ended", e);
    }
  }
}
