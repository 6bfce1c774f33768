package io.covey.protocols.settings;

import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of single values that a settings record may hold. */
final class ValueTypes {
  private static final Pattern DURATION_SYNTAX = Pattern.compile("(\\d{1,12}) ?(ms|s|m|h|d)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final List<String> LARGEST_UNIT_FIRST = List.of("d", "h", "m", "s", "ms");

  private static final ValueType<Integer> INT = wholeNumber(Integer::valueOf, Integer.MAX_VALUE);
  private static final ValueType<Long> LONG = wholeNumber(Long::valueOf, Long.MAX_VALUE);
  private static final ValueType<Double> DOUBLE =
      ValueType.ordered("a number such as 0.5", ValueTypes::finite, String::valueOf);
  private static final ValueType<Boolean> BOOLEAN =
      ValueType.unordered("true or false", (text, origin) -> trueOrFalse(text), String::valueOf);
  private static final ValueType<String> TEXT =
      ValueType.unordered("text", (text, origin) -> notEmpty(text), Function.identity());
  private static final ValueType<Duration> DURATION =
      ValueType.ordered(
          "a duration such as 250ms, 30s, 5m, 2h or 1d",
          ValueTypes::duration,
          ValueTypes::durationText);
  private static final ValueType<DataSize> SIZE =
      ValueType.ordered("a size such as 120KiB", DataSize::parse, DataSize::toString);
  private static final ValueType<HostPort> HOST_PORT =
      ValueType.unordered(
          "host:port, such as localhost:1883",
          (text, origin) -> HostPort.parse(text),
          HostPort::toString);
  private static final ValueType<URI> ADDRESS =
      ValueType.unordered("a URI", (text, origin) -> URI.create(text), URI::toString);
  private static final ValueType<Path> PATH =
      ValueType.unordered(
          "a path",
          (text, origin) -> origin.base().resolve(notEmpty(text)).normalize(),
          Path::toString);
  private static final ValueType<Secret> SECRET =
      ValueType.unordered(
          "the path of a file that holds the secret",
          (text, origin) -> Secret.readFrom(origin.base().resolve(notEmpty(text))),
          Secret::toString);

  private static final Map<Class<?>, ValueType<?>> KNOWN =
      Map.ofEntries(
          Map.entry(int.class, INT),
          Map.entry(Integer.class, INT),
          Map.entry(long.class, LONG),
          Map.entry(Long.class, LONG),
          Map.entry(double.class, DOUBLE),
          Map.entry(Double.class, DOUBLE),
          Map.entry(boolean.class, BOOLEAN),
          Map.entry(Boolean.class, BOOLEAN),
          Map.entry(String.class, TEXT),
          Map.entry(Duration.class, DURATION),
          Map.entry(DataSize.class, SIZE),
          Map.entry(HostPort.class, HOST_PORT),
          Map.entry(URI.class, ADDRESS),
          Map.entry(Path.class, PATH),
          Map.entry(Secret.class, SECRET));

  private ValueTypes() {}

  /** The kind of value that a class stands for; empty when it is none. */
  static Optional<ValueType<?>> of(Class<?> type) {
    ValueType<?> known = KNOWN.get(type);
    if (known != null) {
      return Optional.of(known);
    }
    if (type.isEnum()) {
      return Optional.of(oneOf(type));
    }
    RecordComponent[] components = type.isRecord() ? type.getRecordComponents() : null;
    return components != null && components.length == 1 && components[0].getType() == String.class
        ? Optional.of(checkedText(type, components[0]))
        : Optional.empty();
  }

  private static <T extends Comparable<T>> ValueType<T> wholeNumber(
      Function<String, T> parse, T largest) {
    String expected = "a whole number";
    return ValueType.ordered(
        expected,
        text -> {
          try {
            return parse.apply(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                "expected " + expected + " of at most " + largest, e);
          }
        },
        String::valueOf);
  }

  private static Double finite(String text) {
    // Double.valueOf would also take "NaN", "0x1p3" and "1d".
    if (!text.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?")) {
      throw new IllegalArgumentException("expected a number such as 0.5");
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException("expected a number of at most " + Double.MAX_VALUE);
    }
    return value;
  }

  private static Boolean trueOrFalse(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("expected true or false");
    }
    return text.equals("true");
  }

  private static String notEmpty(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("expected some text; leave the key out for none");
    }
    return text;
  }

  private static Duration duration(String text) {
    Matcher match = DURATION_SYNTAX.matcher(text);
    Long unit = match.matches() ? MILLIS.get(match.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "expected a whole number with ms, s, m, h or d, such as 30s");
    }
    // No overflow: twelve digits times 86,400,000 stay below 2^63.
    return Duration.ofMillis(Long.parseLong(match.group(1)) * unit);
  }

  private static String durationText(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : LARGEST_UNIT_FIRST) {
      long unitMillis = MILLIS.getOrDefault(unit, 1L);
      if (millis % unitMillis == 0 && (millis != 0 || unit.equals("s"))) {
        return millis / unitMillis + unit;
      }
    }
    return millis + "ms";
  }

  private static ValueType<Object> oneOf(Class<?> type) {
    Map<String, Object> byName =
        Arrays.stream(type.getEnumConstants())
            .collect(Collectors.toMap(ValueTypes::enumText, Function.identity()));
    String expected =
        "one of "
            + Arrays.stream(type.getEnumConstants())
                .map(ValueTypes::enumText)
                .collect(Collectors.joining(", "));
    return ValueType.unordered(
        expected,
        (text, origin) -> {
          Object constant = byName.get(text);
          if (constant == null) {
            throw new IllegalArgumentException("expected " + expected);
          }
          return constant;
        },
        ValueTypes::enumText);
  }

  private static String enumText(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static ValueType<Object> checkedText(Class<?> type, RecordComponent component) {
    String words = Names.spaced(type.getSimpleName());
    return ValueType.unordered(
        (words.matches("[aeiou].*") ? "an " : "a ") + words,
        (text, origin) -> construct(type, text),
        value -> String.valueOf(Records.read(component, value)));
  }

  private static Object construct(Class<?> type, String text) {
    return Records.construct(Records.canonicalConstructor(type), text);
  }
}
