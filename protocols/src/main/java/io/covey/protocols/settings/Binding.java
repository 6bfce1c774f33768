package io.covey.protocols.settings;

import io.covey.protocols.settings.Raw.Origin;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One pass from what was written to a record: gathers every problem and where each value stood. */
final class Binding {
  private static final Path WORKING_DIRECTORY = Path.of("").toAbsolutePath();

  /** Where a value stands that nobody gave. */
  static final Origin PRESET = new Origin("default", WORKING_DIRECTORY);

  /** Variables of the program itself that are no settings. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("COVEY_JAVA_OPTS", "COVEY_LOG_LEVEL", "COVEY_LOG_FORMAT");

  private static final int MAX_SHOWN_LENGTH = 60;

  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Raw> overrides = new HashMap<>();
  private final Map<String, Origin> origins = new HashMap<>();
  private final Map<String, Shape> leaves = new LinkedHashMap<>();

  Binding(Shape.Section schema) {
    schema.eachLeaf("", leaves::put);
    Map<String, String> keysByVariable = new HashMap<>();
    for (String key : leaves.keySet()) {
      String twin = keysByVariable.put(Names.variable(key), key);
      if (twin != null) {
        throw new IllegalArgumentException(key + " and " + twin + " share a variable");
      }
    }
  }

  /** Lets variables override the file. */
  void override(Map<String, String> environment) {
    Map<String, String> keys = new HashMap<>();
    leaves.keySet().forEach(key -> keys.put(Names.variable(key), key));
    // Sorted, so that problems come in the same order every time.
    new TreeMap<>(environment)
        .forEach(
            (variable, value) -> {
              boolean isOurs = variable.startsWith(Names.VARIABLE_PREFIX);
              if (!isOurs || OTHER_VARIABLES.contains(variable) || value.isEmpty()) {
                return;
              }
              String key = keys.get(variable);
              if (key == null) {
                reportUnknown("", "environment variable " + variable, variable, keys.keySet());
              } else {
                override(key, value, "environment variable " + variable);
              }
            });
  }

  /** Lets a flag override the file and the environment. */
  void override(Sources.Flag flag) {
    if (leaves.containsKey(flag.key())) {
      override(flag.key(), flag.value(), flag.name());
    } else {
      reportUnknown(flag.key(), flag.name(), flag.key(), leaves.keySet());
    }
  }

  private void override(String key, String value, String place) {
    Shape shape = Objects.requireNonNull(leaves.get(key));
    if (shape.fitsOneText()) {
      overrides.put(key, new Raw.Argument(value, new Origin(place, WORKING_DIRECTORY)));
    } else {
      problems.add(new Problem(key, place, "it can only be given in the file"));
    }
  }

  /** The override of a key, or what the file says; null when there is neither. */
  @Nullable Raw strongest(String path, @Nullable Raw inFile) {
    Raw override = overrides.get(path);
    if (override != null) {
      return override;
    }
    boolean isGiven = inFile != null && !(inFile instanceof Raw.Absent);
    boolean isGivenBelow = overrides.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
    return isGiven ? inFile : isGivenBelow ? new Raw.Absent(PRESET) : null;
  }

  void refuseUnknown(String path, Raw.Mapping mapping, Collection<String> known) {
    mapping
        .entries()
        .forEach(
            (name, raw) -> {
              if (!known.contains(name)) {
                List<String> all = new ArrayList<>(leaves.keySet());
                known.forEach(key -> all.add(below(path, key)));
                reportUnknown(below(path, name), raw.origin().place(), below(path, name), all);
              }
            });
  }

  private void reportUnknown(
      String key, String place, String unknown, Collection<String> candidates) {
    String suggestion =
        Names.nearest(unknown, candidates)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; --print-config lists what there is");
    problems.add(new Problem(key, place, "there is no such setting" + suggestion));
  }

  @Nullable Object missing(String path, Shape shape) {
    problems.add(
        new Problem(
            path,
            "",
            "it must be given: expected "
                + shape.expected()
                + ", in the file, as "
                + Names.variable(path)
                + " or with --set "
                + path
                + "=..."));
    return null;
  }

  /** Reports a problem; null stands for the value that is not there. */
  @Nullable Object fail(String path, Raw raw, String explanation) {
    problems.add(new Problem(path, raw.origin().place(), explanation));
    return null;
  }

  void report(Problem problem) {
    problems.add(problem);
  }

  List<Problem> problems() {
    return problems.stream().sorted().distinct().toList();
  }

  void remember(String path, Origin origin) {
    origins.put(path, origin);
  }

  Map<String, Origin> origins() {
    return Map.copyOf(origins);
  }

  static String below(String section, String name) {
    return section.isEmpty() ? name : section + "." + name;
  }

  /** The text as part of a message: short, and with nothing that steers a terminal. */
  static String quoted(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return '"'
        + (printable.length() > MAX_SHOWN_LENGTH
            ? printable.substring(0, MAX_SHOWN_LENGTH) + "..."
            : printable)
        + '"';
  }

  /** Why a file could not be read, without its name. */
  static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file";
    }
    return failure instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(failure.getMessage());
  }
}
