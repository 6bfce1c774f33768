package io.covey.benchmarks.start;

import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how long an agent takes until it serves what it holds. */
@Command(
    name = "start",
    description = {
      "Measure an agent's start: `covey agent`, enrolled, on a directory that holds a model, with"
          + " no broker to be reached. The time is from the start of the program until its endpoint"
          + " has answered a request for inference. A first start, after which its classes are"
          + " shared, does not count. Fails when the median is above the goal of 3 s."
    },
    footer = {"%nExamples:", "  covey bench start", "  covey bench start --runs 21 --json"})
public final class StartCommand implements Callable<Integer> {
  private static final int MAXIMUM_RUNS = 1000;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "9",
      description = "Starts that are timed (default 9).")
  private int runs = 9;

  @Option(
      names = "--launcher",
      paramLabel = "FILE",
      defaultValue = "${sys:covey.launcher:-covey}",
      description = "The program to start (default: the one that was started).")
  private Path launcher = Path.of("covey");

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (runs < 1 || runs > MAXIMUM_RUNS) {
      throw CommandFailedException.usage("--runs is " + runs, "give 1 to " + MAXIMUM_RUNS);
    }
    StartResult result;
    try {
      result = new StartBench(program(), runs).run();
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "the agent's start was not measured: " + e.getMessage(), "see what was said before")
          .causedBy(e);
    }
    System.out.println(json ? result.json() : result.text());
    return (result.withinGoal() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private Path program() {
    if (!Files.isExecutable(launcher) || Files.isDirectory(launcher)) {
      throw CommandFailedException.usage(
          "there is no program '" + launcher + "' to start",
          "give the path of covey as --launcher");
    }
    return launcher.toAbsolutePath();
  }
}
