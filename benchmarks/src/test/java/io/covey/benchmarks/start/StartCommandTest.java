package io.covey.benchmarks.start;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.benchmarks.BenchCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StartCommandTest {
  @TempDir private Path directory;

  /** What {@code covey} does, without its flags. */
  private Path launcher() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path script =
        Files.writeString(
            directory.resolve("covey"),
            "#!/bin/sh\nexec '%s' -cp '%s' io.covey.protocols.launch.Covey \"$@\"\n"
                .formatted(java, System.getProperty("java.class.path")));
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void anAgentThatHoldsAModelAnswersWithoutABroker() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      int exitCode =
          new CommandLine(new BenchCommand())
              .execute("start", "--runs", "1", "--launcher", launcher().toString(), "--json");
      // Whether it was fast enough is not what a test can tell.
      assertThat(exitCode).isBetween(0, 1);
    } finally {
      System.setOut(before);
    }
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    JsonNode result = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    assertThat(result.path("runs").asInt()).isEqualTo(1);
    assertThat(result.path("medianMillis").asDouble()).isPositive();
    assertThat(result.path("millis")).hasSize(1);
  }

  @Test
  void theMedianIsHeldAgainstTheGoal() {
    assertThat(new StartResult(List.of(9000.0, 1.0, 3000.0)).medianMillis()).isEqualTo(3000);
    assertThat(new StartResult(List.of(9000.0, 1.0, 3000.0)).withinGoal()).isTrue();
    assertThat(new StartResult(List.of(4000.0, 2001.0)).medianMillis()).isEqualTo(3000.5);
    assertThat(new StartResult(List.of(4000.0, 2001.0)).withinGoal()).isFalse();
    assertThat(new StartResult(List.of(4000.0, 2001.0)).text()).contains("MISSED");
  }

  @Test
  void whatCannotBeStartedIsNamed() {
    StringWriter errors = new StringWriter();
    CommandLine line = new CommandLine(new BenchCommand());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          new PrintWriter(errors, true).println(failure.getMessage());
          return 2;
        });
    assertThat(line.execute("start", "--launcher", "absent")).isEqualTo(2);
    assertThat(line.execute("start", "--runs", "0")).isEqualTo(2);
    assertThat(errors.toString()).contains("'absent'", "--runs is 0");
  }
}
