package io.covey.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.benchmarks.secagg.SecAggCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SecAggCommandTest {
  private final StringWriter errors = new StringWriter();
  private final StringWriter help = new StringWriter();

  private int run(String arguments) {
    CommandLine line = new CommandLine(new BenchCommand());
    line.setErr(new PrintWriter(errors));
    line.setOut(new PrintWriter(help));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println(failure.getMessage());
          return failure instanceof io.covey.protocols.launch.CommandFailedException expected
              ? expected.exitCode().code()
              : -1;
        });
    return line.execute(("secagg " + arguments).split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--clients 2 --entries 10 | --clients is 2; give 3 to 100000",
        "--clients 10 --entries 0 | --entries is 0; give 1 to 100000000",
        "--clients 10 --entries 10 --neighbours 8 | --threshold is missing; give both",
        "--clients 10 --entries 10 --threshold 5 | --neighbours is missing; give both",
        "--clients 10 --entries 10 --neighbours 7 --threshold 5 | 7 neighbours, expected an even",
        "--clients 10 --entries 10 --neighbours 8 --threshold 9 | threshold of 9, expected 2 to",
        "--clients 10 --entries 10 --dropout 0.5 | --dropout is 0.5; give 0 to below 0.5",
        "--clients 10 --entries 10 --dropout NaN | --dropout is NaN; give 0 to below 0.5",
        "--clients 10 --entries 10 --drop-step lunch | there is no step 'lunch'; give one of",
        "--clients 10 --entries 10 --value-bits 32 | --value-bits is 32; give 1 to 31",
        "--clients 10 --entries 10 --rounds 0 | --rounds is 0; give 1 to 10000",
        "--clients 10 --entries 10 --dropout 0.4 | may have only 5 other survivors",
      })
  void whatCannotBeIsRefusedBeforeAnythingIsBegun(String arguments, String complaint) {
    assertThat(run(arguments)).isEqualTo(2);
    assertThat(errors.toString()).contains(complaint);
  }

  @Test
  void aSessionWithoutASumIsAFailureThatSaysWhy() {
    assertThat(run("--clients 10 --entries 10 --neighbours 8 --threshold 8 --dropout 0.2"))
        .isEqualTo(1);
    assertThat(errors.toString())
        .contains("no sum opened: TOO_FEW_SURVIVING_NEIGHBOURS with 2 silent participants");
  }

  @Test
  void helpNamesEveryOption() {
    CommandLine line = new CommandLine(new SecAggCommand());
    line.usage(new PrintWriter(help));
    assertThat(help.toString())
        .contains("--clients", "--drop-step", "--value-bits", "--json", "masked-input");
  }
}
