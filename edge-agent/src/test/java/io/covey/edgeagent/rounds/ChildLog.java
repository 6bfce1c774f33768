package io.covey.edgeagent.rounds;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A log of decisions in a process of its own, which decides one session after the other without end
 * and says on its output which ones it was promised.
 */
final class ChildLog implements AutoCloseable {
  /** What the child says when it may not have the log. */
  static final String REFUSED = "refused";

  /** What the child says when a session was refused. */
  static final String NO_ANSWER = "no answer";

  private static final String SAYS = "child: ";

  private final Process process;
  private final BufferedReader output;

  private ChildLog(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static ChildLog start(Path directory) throws IOException {
    return start("exec \"$@\"", directory);
  }

  /** Its files may have at most 1,024 bytes: like a disk that is full then. */
  static ChildLog startWithLittleRoom(Path directory) throws IOException {
    // POSIX counts in blocks of 512 bytes.
    return start("ulimit -f 2; exec \"$@\"", directory);
  }

  private static ChildLog start(String script, Path directory) throws IOException {
    return new ChildLog(
        new ProcessBuilder(
                "sh",
                "-c",
                script,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                // A file of its own, and larger.
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                ChildLog.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** {@link #REFUSED}, {@link #NO_ANSWER}, or the number of the next session that was decided. */
  String nextLine() throws IOException {
    String line = output.readLine();
    while (line != null && !line.startsWith(SAYS)) {
      // The child's log is on the same output.
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("the child process has ended");
    }
    return line.substring(SAYS.length());
  }

  /** The session with a number. */
  static Octets session(long number) {
    byte[] descriptor = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    return Octets.owning(Sha256.of(descriptor).toBytes());
  }

  /** SIGKILL, where there are signals. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** The child. */
  public static void main(String[] arguments) {
    try (DecisionLog log = FileDecisionLog.open(Path.of(arguments[0]))) {
      for (long number = 0; log.record(session(number), session(-1)); number++) {
        System.out.println(SAYS + number);
      }
      System.out.println(SAYS + NO_ANSWER);
    } catch (IOException e) {
      System.out.println(SAYS + REFUSED);
    }
  }
}
