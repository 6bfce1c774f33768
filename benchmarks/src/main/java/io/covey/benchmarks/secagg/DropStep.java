package io.covey.benchmarks.secagg;

import io.covey.crypto.secagg.server.ServerEvent.Stage;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The steps of a session as they are named on the command line and in JSON. */
final class DropStep {
  private DropStep() {}

  static String labelOf(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Stage> named(String label) {
    return Arrays.stream(Stage.values()).filter(s -> labelOf(s).equals(label)).findFirst();
  }

  /** All labels, in the order of a session. */
  static String labels() {
    return String.join(", ", Arrays.stream(Stage.values()).map(DropStep::labelOf).toList());
  }
}
