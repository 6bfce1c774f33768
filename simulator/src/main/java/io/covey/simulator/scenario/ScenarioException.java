package io.covey.simulator.scenario;

import java.util.List;

/** A scenario that cannot be run, with everything that is wrong with it. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  // An exception must be serializable, and List is not; the list that is kept is.
  private final String[] problems;

  ScenarioException(String source, List<String> problems) {
    super(
        source
            + (problems.size() == 1 ? " has a problem:" : " has " + problems.size() + " problems:")
            + "\n  "
            + String.join("\n  ", problems));
    this.problems = problems.toArray(String[]::new);
  }

  /** One line for each problem, beginning with the key that it is about; at least one. */
  public List<String> problems() {
    return List.of(problems);
  }
}
