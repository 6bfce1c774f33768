package io.covey.benchmarks.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Starts one agent again and again. */
final class StartBench {
  private final Path launcher;
  private final int runs;

  StartBench(Path launcher, int runs) {
    this.launcher = launcher;
    this.runs = runs;
  }

  StartResult run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("covey-bench-start");
    try {
      HeldModel held = HeldModel.fetchInto(directory);
      // Its classes are archived when it ends, and a file system has read everything once.
      start(held, directory);
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        millis.add(start(held, directory));
      }
      return new StartResult(millis);
    } finally {
      delete(directory);
    }
  }

  private double start(HeldModel held, Path directory) throws IOException, InterruptedException {
    try (AgentProcess agent = AgentProcess.start(launcher, held, directory.resolve("log"))) {
      return agent.awaitAnswer().toNanos() / 1e6;
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
