package io.covey.protocols.settings;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value as it was written, before anything is known about its type, with where it stands. */
sealed interface Raw {

  Origin origin();

  /** What it is, for a message. */
  String kind();

  /** The text of a single value; empty for everything else. */
  default Optional<String> singleText() {
    return Optional.empty();
  }

  /**
   * Where a value was given.
   *
   * @param place for people, such as {@code agent.yaml:12}
   * @param base the folder that a relative path in the value starts from
   */
  record Origin(String place, Path base) {}

  /** A single value. */
  record Scalar(String text, Origin origin) implements Raw {
    @Override
    public String kind() {
      return "a single value";
    }

    @Override
    public Optional<String> singleText() {
      return Optional.of(text);
    }
  }

  /** The text of a flag, a variable or a preset, which may stand for a list. */
  record Argument(String text, Origin origin) implements Raw {
    Sequence splitAtCommas() {
      return new Sequence(
          Arrays.stream(text.split(",", -1))
              .<Raw>map(item -> new Scalar(item.strip(), origin))
              .toList(),
          origin);
    }

    @Override
    public String kind() {
      return "a single value";
    }

    @Override
    public Optional<String> singleText() {
      return Optional.of(text);
    }
  }

  /** A key without a value. */
  record Absent(Origin origin) implements Raw {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  /** A YAML list. */
  record Sequence(List<Raw> items, Origin origin) implements Raw {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A YAML mapping; a section or a map of free keys. */
  record Mapping(Map<String, Raw> entries, Origin origin) implements Raw {
    @Override
    public String kind() {
      return "a section";
    }
  }
}
