package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AuditCommandTest {
  @TempDir private Path directory;
  private String authority = "";

  @BeforeEach
  void makeALog() throws Exception {
    authority = directory.resolve("authority").toString();
    run(new AuthorityCommand(), "init", "--fleet", "home", "--dir", authority);
    run(new AuthorityCommand(), "token", "--agent", "kitchen", "--dir", authority);
    run(new AuthorityCommand(), "token", "--agent", "cellar", "--dir", authority);
  }

  private record Outcome(int exitCode, String out, String failure) {}

  private static Outcome run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    StringBuilder failure = new StringBuilder();
    CommandLine line =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .setExecutionExceptionHandler(
                (e, self, parsed) -> {
                  failure.append(e.getMessage());
                  return 1;
                });
    return new Outcome(line.execute(arguments), out.toString(), failure.toString());
  }

  private static JsonNode json(Outcome outcome) throws Exception {
    return new ObjectMapper().readTree(outcome.out());
  }

  private Path log() {
    return Path.of(authority, "audit.log");
  }

  @Test
  void anIntactLogIsSaidToBe() throws Exception {
    Outcome outcome = run(new AuditCommand(), "verify", authority, "--trust", authority, "--json");
    assertThat(outcome.exitCode()).isZero();
    JsonNode found = json(outcome);
    assertThat(found.path("intact").asBoolean()).isTrue();
    assertThat(found.path("keyTrusted").asBoolean()).isTrue();
    assertThat(found.path("entries").asInt()).isEqualTo(3);
    assertThat(found.path("events").path("TOKEN_MADE").asInt()).isEqualTo(2);
    String head = found.path("head").asText();
    assertThat(run(new AuditCommand(), "verify", authority, "--head", head).exitCode()).isZero();
    assertThat(run(new AuditCommand(), "verify", log().toString()).out())
        .contains("3 entries")
        .contains("not compared with a key that you trust");
  }

  @Test
  void aBrokenLogEndsWithAnErrorThatSaysWhere() throws Exception {
    String head =
        json(run(new AuditCommand(), "verify", authority, "--json")).path("head").asText();
    List<String> lines = Files.readAllLines(log());
    Files.write(log(), lines.subList(0, 2));
    assertThat(run(new AuditCommand(), "verify", authority).exitCode()).isZero();
    assertThat(run(new AuditCommand(), "verify", authority, "--head", head))
        .matches(o -> o.exitCode() == 1 && o.failure().contains("broken at entry 3"));

    Files.writeString(
        log(),
        String.join("\n", lines).replace("kitchen", "kitten") + "\n",
        StandardCharsets.UTF_8);
    Outcome altered = run(new AuditCommand(), "verify", authority, "--json");
    assertThat(altered.exitCode()).isEqualTo(1);
    assertThat(altered.failure()).contains("broken at entry 2");
    assertThat(json(altered).path("intact").asBoolean(true)).isFalse();
    assertThat(json(altered).path("entry").asInt()).isEqualTo(2);
  }

  @Test
  void entriesAreShownByEvent() {
    assertThat(run(new AuditCommand(), "show", authority, "--event", "TOKEN_MADE").out())
        .contains("kitchen")
        .contains("cellar")
        .doesNotContain("LOG_BEGUN");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Outcome outcome = run(new AuditCommand(), "verify", directory.resolve("none").toString());
    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.failure()).contains("none");
  }
}
