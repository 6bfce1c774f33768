package io.covey.coordinator.app;

import io.covey.coordinator.enrolment.RootKeeping;
import io.covey.protocols.launch.CommandFailedException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who keeps a new fleet's root, as options of {@code covey authority init}. */
final class RootOptions {
  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = {
        "Where root.key goes: a medium that is put away afterwards (default: --dir).",
        "With --root-threshold, the medium of one holder of the root; to be repeated."
      })
  private @Nullable List<Path> directories;

  @Option(
      names = "--root-threshold",
      paramLabel = "T",
      description =
          "Share the root's keys among holders, of whom T have to come together to use them. No"
              + " root.key is written.")
  private @Nullable Integer threshold;

  @Option(
      names = "--root-shares",
      paramLabel = "N",
      description =
          "How many holders (default: one for each --root); with a single --root, all shares go"
              + " there, to be carried apart.")
  private @Nullable Integer shares;

  /** What the options say. */
  RootKeeping keeping(Path defaultDirectory) {
    List<Path> given = directories == null ? List.of(defaultDirectory) : directories;
    if (threshold == null) {
      if (shares != null || given.size() > 1) {
        throw CommandFailedException.usage(
            "a root for several holders, without how many of them it takes",
            "add --root-threshold, or leave all but one --root out");
      }
      return new RootKeeping.OneFile(given.get(0));
    }
    if (directories == null) {
      throw CommandFailedException.usage(
          "shares of the root, and no directory for them", "name the holders' media with --root");
    }
    try {
      return new RootKeeping.Shared(threshold, holders(given));
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
          String.valueOf(e.getMessage()), "see --root, --root-threshold and --root-shares");
    }
  }

  private List<Path> holders(List<Path> given) {
    if (given.size() == 1 && shares != null) {
      // The bounds are checked by whoever is given the list; this one keeps it small.
      return Collections.nCopies(Math.max(0, Math.min(shares, 1000)), given.get(0));
    }
    if (shares != null && shares != given.size()) {
      throw new IllegalArgumentException(
          "%d shares for %d directories, expected one for each".formatted(shares, given.size()));
    }
    long different =
        new HashSet<>(given.stream().map(path -> path.toAbsolutePath().normalize()).toList())
            .size();
    if (different != given.size()) {
      throw new IllegalArgumentException("the same directory for two holders");
    }
    return given;
  }
}
