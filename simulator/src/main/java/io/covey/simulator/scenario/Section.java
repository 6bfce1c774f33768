package io.covey.simulator.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One mapping of a YAML file, read key by key. A value of the wrong kind is noted as a problem and
 * reads as absent, so that one pass finds everything that is wrong; {@link #close} notes the keys
 * that nobody asked for.
 */
final class Section implements AutoCloseable {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?) ?([a-z]+)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "us", Duration.ofNanos(1000),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private final JsonNode node;
  private final String path;
  private final Set<String> problems;
  private final Set<String> known = new HashSet<>();

  private Section(JsonNode node, String path, Set<String> problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      problems.add((path.isEmpty() ? "the file" : path) + ": expected keys and values");
    }
  }

  /** The whole file; problems are added to {@code problems}. */
  static Section root(JsonNode node, Set<String> problems) {
    return new Section(node, "", problems);
  }

  /** The mapping under {@code key}; an empty one when it is absent. */
  Section section(String key) {
    return new Section(value(key), at(key), problems);
  }

  boolean has(String key) {
    JsonNode value = value(key);
    return !value.isMissingNode() && !value.isNull();
  }

  OptionalLong wholeNumber(String key) {
    return read(key, "a whole number", v -> v.isIntegralNumber() && v.canConvertToLong())
        .map(v -> OptionalLong.of(v.longValue()))
        .orElse(OptionalLong.empty());
  }

  /** A whole number within a range. */
  long wholeNumber(String key, long otherwise, long minimum, long maximum) {
    long value = wholeNumber(key).orElse(otherwise);
    if (value < minimum || value > maximum) {
      problem(key, "is " + value + ", expected " + minimum + " to " + maximum);
      return otherwise;
    }
    return value;
  }

  OptionalDouble number(String key) {
    return read(key, "a number", v -> v.isNumber() && Double.isFinite(v.doubleValue()))
        .map(v -> OptionalDouble.of(v.doubleValue()))
        .orElse(OptionalDouble.empty());
  }

  /** A number from 0 to 1; 0 when absent. */
  double probability(String key) {
    double value = number(key).orElse(0);
    if (!(value >= 0 && value <= 1)) {
      problem(key, "is " + value + ", expected 0 to 1");
      return 0;
    }
    return value;
  }

  Optional<Duration> duration(String key) {
    Optional<String> text = read(key, "a duration", v -> v.isTextual()).map(JsonNode::textValue);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = DURATION.matcher(text.get());
    Duration unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    if (unit == null) {
      problem(key, "is '" + text.get() + "', expected a duration such as 250ms, 1.5s, 2m or 1h");
      return Optional.empty();
    }
    double nanos = Double.parseDouble(matcher.group(1)) * unit.toNanos();
    return Optional.of(Duration.ofNanos(Math.round(nanos)));
  }

  /** A duration that must be there; zero, with a problem, when it is not. */
  Duration requiredDuration(String key) {
    if (!has(key)) {
      problem(key, "is missing");
    }
    return duration(key).orElse(Duration.ZERO);
  }

  /** One of an enum's constants, written in lower case without underscores. */
  <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
    Optional<String> text = read(key, "a word", v -> v.isTextual()).map(JsonNode::textValue);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Map<String, E> choices = new HashMap<>();
    Arrays.stream(type.getEnumConstants()).forEach(e -> choices.put(spelling(e), e));
    E choice = choices.get(text.get());
    if (choice == null) {
      String expected =
          Arrays.stream(type.getEnumConstants())
              .map(Section::spelling)
              .collect(Collectors.joining(", "));
      problem(key, "is '" + text.get() + "', expected one of " + expected);
    }
    return Optional.ofNullable(choice);
  }

  /** Whole numbers, none twice, in rising order. */
  List<Integer> wholeNumbers(String key, int minimum, int maximum) {
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode element :
        read(key, "a list", JsonNode::isArray).orElse(MissingNode.getInstance())) {
      if (!element.isInt() || element.intValue() < minimum || element.intValue() > maximum) {
        problem(key, "holds " + element + ", expected " + minimum + " to " + maximum);
      } else {
        numbers.add(element.intValue());
      }
    }
    return numbers.stream().distinct().sorted().toList();
  }

  /** What {@code maker} makes; empty, with a problem, when it refuses. */
  <T> Optional<T> make(Supplier<T> maker) {
    try {
      return Optional.of(maker.get());
    } catch (IllegalArgumentException e) {
      problems.add(path.isEmpty() ? String.valueOf(e.getMessage()) : path + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  void problem(String key, String what) {
    problems.add(at(key) + ": " + what);
  }

  /** Notes every key that was never asked for. */
  @Override
  public void close() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                problem(
                    key,
                    "is not known here; known are "
                        + String.join(", ", known.stream().sorted().toList()));
              }
            });
  }

  private Optional<JsonNode> read(String key, String expected, Predicate<JsonNode> accepted) {
    JsonNode value = value(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!accepted.test(value)) {
      problem(key, "is " + value + ", expected " + expected);
      return Optional.empty();
    }
    return Optional.of(value);
  }

  private JsonNode value(String key) {
    known.add(key);
    return node.path(key);
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace("_", "");
  }
}
