package io.covey.coordinator.store;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A coordinator's storage in a process of its own, which writes without end and says on its output
 * what it has been promised is safe.
 */
final class ChildWriter implements AutoCloseable {
  private static final String READY = "ready";

  private final Process process;
  private final BufferedReader output;

  private ChildWriter(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts one, and waits until it has opened the database. */
  static ChildWriter start(Path directory) throws IOException {
    ChildWriter child =
        new ChildWriter(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ChildWriter.class.getName(),
                    directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    String line = child.output.readLine();
    while (line != null && !line.equals(READY)) {
      line = child.output.readLine();
    }
    if (line == null) {
      child.close();
      throw new IOException("the child process did not open the database");
    }
    return child;
  }

  /** The number of the next round that the child was promised is safe. */
  int nextSaved() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the child process has ended");
    }
    return Integer.parseInt(line);
  }

  /** Kills it with SIGKILL; answers the last round that it was promised is safe, or 0. */
  int kill() throws IOException, InterruptedException {
    process.toHandle().destroyForcibly();
    int last = 0;
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      // The last line may have been cut off.
      if (line.matches("\\d{6}")) {
        last = Integer.parseInt(line);
      }
    }
    process.waitFor(30, TimeUnit.SECONDS);
    return last;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Where the test and the child both look. */
  static DatabaseSettings database(Path directory) {
    return DatabaseSettings.h2File(directory.resolve("coordinator"));
  }

  /** What the child keeps beside round {@code number}. */
  static byte[] artifact(int number) {
    byte[] content = new byte[10_000 + number];
    content[number % content.length] = 1;
    return content;
  }

  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    Database database = Database.open(database(directory));
    JdbiModelStore models = new JdbiModelStore(database);
    JdbiRoundStore rounds = new JdbiRoundStore(database);
    JdbiAgentStore agents = new JdbiAgentStore(database);
    ArtifactStore artifacts = new FileArtifactStore(directory.resolve("artifacts"));
    if (models.model(Records.DIGITS).isEmpty()) {
      models.addModel(Records.model(Records.DIGITS), Records.version(Records.DIGITS, 1));
    }
    System.out.println(READY);
    for (int number = rounds.newestNumber(Records.DIGITS) + 1; ; number++) {
      Sha256 kept = artifacts.put(artifact(number));
      agents.save(List.of(Records.agent(kept.hex(), number), Records.agent("latest", number)));
      rounds.save(Records.running(number));
      rounds.save(Records.committed(number));
      System.out.println("%06d".formatted(number));
    }
  }
}
