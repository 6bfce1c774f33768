package io.covey.edgeagent.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A small file system in memory that only the processes started here see, and that is gone with
 * them: in a mount namespace of their own, as root or in a user namespace where that is allowed.
 */
final class MountedDisk {
  private static final int PATIENCE_SECONDS = 20;
  private static final String MOUNT = "mount -t tmpfs -o size=1m tmpfs \"$0\"";

  private final List<String> unshare;
  private final Path directory;

  private MountedDisk(List<String> unshare, Path directory) {
    this.unshare = unshare;
    this.directory = directory;
  }

  /** At an empty directory; empty where nothing can be mounted. */
  static Optional<MountedDisk> at(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    for (String flags : List.of("-m", "-Urm")) {
      MountedDisk disk = new MountedDisk(List.of("unshare", flags), directory);
      if (disk.works()) {
        return Optional.of(disk);
      }
    }
    return Optional.empty();
  }

  private boolean works() throws InterruptedException {
    try {
      Process trial =
          new ProcessBuilder(command(MOUNT + " && mount -o remount,ro \"$0\"", List.of()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = trial.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      trial.destroyForcibly();
      return ended && trial.exitValue() == 0;
    } catch (IOException e) {
      // There is no such program.
      return false;
    }
  }

  Path directory() {
    return directory;
  }

  /** A program with this disk, empty. */
  ProcessBuilder with(List<String> program) {
    return withoutSettings(new ProcessBuilder(command(MOUNT + " && exec \"$@\"", program)));
  }

  /** A program with this disk, which holds what {@code source} does and cannot be written. */
  ProcessBuilder readOnly(Path source, List<String> program) {
    String copy = " && cp -a '" + source + "/.' \"$0\" && mount -o remount,ro \"$0\"";
    return withoutSettings(new ProcessBuilder(command(MOUNT + copy + " && exec \"$@\"", program)));
  }

  /** What the environment says to these tests is no setting of a program. */
  private static ProcessBuilder withoutSettings(ProcessBuilder program) {
    program.environment().keySet().removeIf(name -> name.startsWith("COVEY_"));
    return program.redirectErrorStream(true);
  }

  private List<String> command(String script, List<String> program) {
    List<String> command = new ArrayList<>(unshare);
    command.addAll(List.of("sh", "-c", script, directory.toString()));
    command.addAll(program);
    return command;
  }
}
