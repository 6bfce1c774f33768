package io.covey.benchmarks.delivery;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A {@link PublishingProcess} and what is said with it; it is killed when its time is up. */
final class PublishingChild implements AutoCloseable {
  /** The goal's bound on the coordinator's heap. */
  static final int HEAP_MEBIBYTES = 512;

  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private final ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
  private final int port;
  private final Sha256 digest;
  private final Optional<ArtifactUrl> httpsUrl;

  /** What the coordinator's side has taken. */
  record Figures(long peakHeapBytes, long answeredBlocks, long httpsBytes) {}

  private PublishingChild(Process process, Duration longest) throws IOException {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
    var unused =
        watchdog.schedule(process::destroyForcibly, longest.toMillis(), TimeUnit.MILLISECONDS);
    String[] ready = lineOf("ready");
    this.port = Integer.parseInt(ready[1]);
    this.digest = new Sha256(ready[2]);
    int httpsPort = Integer.parseInt(ready[3]);
    this.httpsUrl =
        httpsPort == 0
            ? Optional.empty()
            : Optional.of(new ArtifactUrl("https://" + BenchMembers.LOCALHOST + ":" + httpsPort));
  }

  static PublishingChild start(DeliveryCase bench, Path members) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MEBIBYTES + "m",
                "-cp",
                System.getProperty("java.class.path"),
                PublishingProcess.class.getName(),
                Integer.toString(bench.bytes()),
                Long.toString(bench.seed()),
                bench.mode().name(),
                bench.https() ? members.toString() : "")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    boolean started = false;
    try {
      PublishingChild child =
          new PublishingChild(process, bench.timeout().plus(Duration.ofMinutes(2)));
      started = true;
      return child;
    } finally {
      if (!started) {
        process.destroyForcibly();
      }
    }
  }

  int port() {
    return port;
  }

  Sha256 digest() {
    return digest;
  }

  /** Where the file can be had over HTTPS. */
  Optional<ArtifactUrl> httpsUrl() {
    return httpsUrl;
  }

  Figures figures() throws IOException {
    questions.write("figures\n");
    questions.flush();
    String[] line = lineOf("figures");
    return new Figures(Long.parseLong(line[1]), Long.parseLong(line[2]), Long.parseLong(line[3]));
  }

  private String[] lineOf(String what) throws IOException {
    String line = answers.readLine();
    while (line != null && !line.startsWith(what + " ")) {
      line = answers.readLine();
    }
    if (line == null) {
      throw new IOException("the coordinator's process has ended before it was '" + what + "'");
    }
    return line.split(" ", -1);
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
    process.destroyForcibly();
  }
}
