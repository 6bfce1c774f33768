package io.covey.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CallCommandTest {

  @Test
  void bothAreMeasuredAndCompared() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(new CommandLine(new BenchCommand()).execute("call", "--blocks", "20", "--json"))
          .isZero();
    } finally {
      System.setOut(before);
    }
    JsonNode result = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
    assertThat(result.path("callMicros").asDouble()).isPositive();
    assertThat(result.path("ratio").asDouble())
        .isEqualTo(result.path("callMicros").asDouble() / result.path("bareMicros").asDouble());
  }

  @Test
  void whatCannotBeMeasuredIsNamed() {
    StringWriter errors = new StringWriter();
    CommandLine line = new CommandLine(new BenchCommand());
    line.setErr(new PrintWriter(errors));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println(failure.getMessage());
          return 2;
        });
    assertThat(line.execute("call", "--model", "absent.tflite")).isEqualTo(2);
    assertThat(line.execute("call", "--blocks", "0")).isEqualTo(2);
    assertThat(errors.toString()).contains("absent.tflite", "--blocks is 0");
  }
}
