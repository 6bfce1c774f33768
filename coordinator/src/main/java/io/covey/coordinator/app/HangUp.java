package io.covey.coordinator.app;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Sends SIGHUP to the Mosquitto whose process id is in a file. Whatever else may have that id by
 * now is left alone, since the signal would end it.
 *
 * @param pidFile as Mosquitto writes it
 */
record HangUp(Path pidFile) implements MosquittoWatch.Signal {
  private static final String PROGRAM = "mosquitto";

  @Override
  public void send() throws IOException {
    long pid = pid();
    ProcessHandle process =
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IOException("process " + pid + " of " + pidFile + " is gone"));
    Optional<String> other = process.info().command().filter(command -> !command.contains(PROGRAM));
    if (other.isPresent()) {
      throw new IOException(
          "process " + pid + " of " + pidFile + " is " + other.get() + ", not " + PROGRAM);
    }
    hangUp(pid);
  }

  private long pid() throws IOException {
    String text = Files.readString(pidFile, StandardCharsets.US_ASCII).strip();
    try {
      long pid = Long.parseLong(text);
      if (pid > 1) {
        return pid;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IOException(pidFile + " holds no process id but '" + text + "'");
  }

  /** By the shell's own command: there may be no program of that name. */
  private static void hangUp(long pid) throws IOException {
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -HUP \"$0\"", Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (kill.waitFor() != 0) {
        throw new IOException("process " + pid + " could not be signalled: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while process " + pid + " was signalled");
    }
  }
}
