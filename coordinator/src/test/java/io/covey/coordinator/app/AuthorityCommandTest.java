package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.launch.Covey;
import io.covey.protocols.launch.CoveyCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AuthorityCommandTest {
  private static final Signer SIGNER = new Ed25519();

  @TempDir private Path temporary;

  private record Outcome(int exitCode, String out, String err) {}

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new AuthorityCommand()).setOut(new PrintWriter(out));
    assertThat(line.execute(arguments)).isZero();
    return out.toString();
  }

  /** As a process of its own, as a person at a terminal has it. */
  private Outcome launch(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Covey.class.getName(),
                "authority"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(temporary, "out", "");
    Path err = Files.createTempFile(temporary, "err", "");
    Process process =
        new ProcessBuilder(command)
            .directory(temporary.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Outcome(process.waitFor(), Files.readString(out), Files.readString(err));
  }

  private String directory() {
    return temporary.resolve("authority").toString();
  }

  private static JsonNode json(String output) throws Exception {
    assertThat(output.lines()).hasSize(1);
    return new ObjectMapper().readTree(output);
  }

  @Test
  void theLauncherFindsTheCommand() {
    assertThat(ServiceLoader.load(CoveyCommand.class).stream())
        .anyMatch(provider -> provider.type().equals(AuthorityCommand.class));
  }

  @Test
  void whatIsMadeIsAFleetWithItsCoordinator() throws Exception {
    JsonNode made = json(run("init", "--dir", directory(), "--fleet", "barn", "--json"));
    CoordinatorIdentity coordinator = IdentityFiles.readCoordinator(Path.of(directory()), SIGNER);
    assertThat(coordinator.fleet()).hasToString("barn");
    assertThat(made.get("authorityPublicKey").asText())
        .isEqualTo(coordinator.trust().authorityKey().toHex());
    assertThat(made.get("coordinatorPublicKey").asText())
        .isEqualTo(coordinator.publicKey().toHex());
    assertThat(made.get("rootFingerprint").asText()).matches("[0-9a-f]{64}");
  }

  @Test
  void showPrintsPublicFactsAndNoSecret() throws Exception {
    run("init", "--dir", directory());
    String everything =
        run("show", "--dir", directory()) + run("show", "--dir", directory(), "--json");
    byte[] secret =
        IdentityFiles.readCoordinator(Path.of(directory()), SIGNER).signingKey().reveal();
    assertThat(everything)
        .contains("fleet                   home")
        .contains("authority fingerprint   sha256:")
        .doesNotContain(Base64.getEncoder().encodeToString(secret))
        .doesNotContain(HexFormat.of().formatHex(secret));
    Files.delete(Path.of(directory(), "authority.key"));
    Files.delete(Path.of(directory(), "coordinator.key"));
    assertThat(run("show", "--dir", directory())).contains("coordinator fingerprint sha256:");
  }

  @Test
  void atATerminalItSaysWhatItDidAndWhyItDidNot() throws Exception {
    assertThat(launch("init", "--dir", "keys"))
        .satisfies(
            made -> {
              assertThat(made.err()).isEmpty();
              assertThat(made.exitCode()).isZero();
              assertThat(made.out()).contains("directory               keys");
            });
    Outcome token = launch("token", "--agent", "kitchen", "--dir", "keys");
    assertThat(token.exitCode()).isZero();
    assertThat(token.out()).startsWith("covey1.");

    Outcome again = launch("init", "--dir", "keys");
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("authority.key is there already").doesNotContain("Exception");
    assertThat(again.out()).isEmpty();

    Outcome badName = launch("token", "--agent", "no/name", "--dir", "keys");
    assertThat(badName.exitCode()).isEqualTo(2);
    assertThat(badName.err()).contains("agent id").contains("choose another name");
    assertThat(launch().err()).contains("init or show");
    assertThat(launch("show").exitCode()).isEqualTo(2);
    Outcome help = launch("token", "--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("--expires").contains("AGENT");
  }
}
