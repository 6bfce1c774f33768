package io.covey.protocols.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used; holds every problem that was found, not only the first. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  SettingsException(List<Problem> problems) {
    super(text(problems));
    this.problems = List.copyOf(problems);
  }

  /** At least one, in the order of the keys. */
  public List<Problem> problems() {
    return problems;
  }

  private static String text(List<Problem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return problems.stream()
        .map(problem -> "  " + problem)
        .collect(Collectors.joining("\n", "the settings have " + count + ":\n", ""));
  }
}
