package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.protocols.launch.Covey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a reader of the README does first, with the commands as processes and with their defaults,
 * ports and directories apart: a coordinator, a join token, a device that enrols and serves, and
 * its end as a member.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class FirstStepsTest {
  private static final Pattern ADMIN_API = Pattern.compile("admin API at (http://\\S+)");

  @TempDir private Path directory;

  private final List<Process> running = new ArrayList<>();

  @AfterEach
  void end() {
    running.forEach(Process::destroyForcibly);
  }

  private Process launch(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Covey.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    // A fleet's own settings must not be those of whoever runs the tests.
    builder.environment().keySet().removeIf(name -> name.startsWith("COVEY_"));
    Process process = builder.start();
    running.add(process);
    return process;
  }

  /** The first line that it prints in which the pattern is found, from now on. */
  private static Matcher await(BufferedReader lines, Pattern pattern) throws IOException {
    StringBuilder before = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher found = pattern.matcher(line);
      if (found.find()) {
        return found;
      }
      before.append(line).append('\n');
    }
    throw new AssertionError("it ended without " + pattern + ":\n" + before);
  }

  /** What it prints until it ends, in order. */
  private static String completed(Process process, String input) throws Exception {
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s", printed).isZero();
    return printed;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Test
  void aDeviceEnrolsOverMutualTlsServesAndIsRevoked() throws Exception {
    BufferedReader coordinator =
        launch(
                "coordinator",
                "--listen",
                "127.0.0.1:0",
                "--set",
                "broker.listen=127.0.0.1:" + freePort(),
                "--set",
                "identity.serve=127.0.0.1:" + freePort())
            .inputReader(StandardCharsets.UTF_8);
    AdminClient admin =
        new AdminClient(
            URI.create(await(coordinator, ADMIN_API).group(1)), HttpClient.newHttpClient());
    admin.registerModel(DemoModel.NAME, DemoModel.DESCRIPTION, DemoModel.graph());

    String authority = "covey-data/authority";
    String token =
        completed(launch("authority", "token", "--agent", "kitchen", "--dir", authority), "");
    assertThat(completed(launch("agent", "enrol", "-"), token))
        .contains("enrolled as kitchen of fleet home")
        .contains("broker mqtts://localhost:");
    BufferedReader agent =
        launch("agent", "--id", "kitchen", "--listen", "127.0.0.1:0")
            .inputReader(StandardCharsets.UTF_8);
    await(agent, Pattern.compile("serving " + DemoModel.NAME + " version 1"));
    assertThat(kitchen(admin).path("online").asBoolean()).isTrue();

    assertThat(completed(launch("authority", "revoke", "kitchen", "--dir", authority), ""))
        .contains("revoked 1 certificate(s) of kitchen");
    await(coordinator, Pattern.compile("revocation list \\d+, 1 revoked"));
    await(agent, Pattern.compile("kitchen: .*; connecting again in"));
    completed(launch("audit", "verify", "covey-data", "--trust", authority), "");
    assertThat(completed(launch("audit", "show", authority), ""))
        .contains("TOKEN_MADE")
        .contains("ENROLLED")
        .contains("REVOKED");
  }

  private static JsonNode kitchen(AdminClient admin) throws Exception {
    List<JsonNode> agents = admin.agents();
    assertThat(agents).hasSize(1);
    return agents.get(0);
  }
}
