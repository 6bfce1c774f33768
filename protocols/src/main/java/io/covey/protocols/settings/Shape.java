package io.covey.protocols.settings;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What may stand at a key: a single value, a list, a map of free keys, or a section. */
sealed interface Shape {

  /**
   * Turns what was written at a key into a value.
   *
   * @return null when that failed; the problems have been reported
   */
  @Nullable Object bind(String path, Raw raw, Binding binding);

  /** What is expected, for a message. */
  String expected();

  /** Whether one flag or environment variable can give it. */
  boolean fitsOneText();

  /** Calls back for every key that stands below this one, sections left out. */
  void eachLeaf(String path, BiConsumer<String, Shape> visitor);

  /**
   * A single value.
   *
   * @param min the least value, inclusive
   * @param max the largest value, inclusive
   */
  record Single<T>(ValueType<T> type, Optional<T> min, Optional<T> max) implements Shape {

    static <T> Single<T> of(ValueType<T> type, String min, String max) {
      return new Single<>(type, bound(type, min), bound(type, max));
    }

    private static <T> Optional<T> bound(ValueType<T> type, String text) {
      if (text.isEmpty()) {
        return Optional.empty();
      }
      if (type.order().isEmpty()) {
        throw new IllegalArgumentException("bound " + text + " on a type without an order");
      }
      try {
        return Optional.of(type.reader().read(text, Binding.PRESET));
      } catch (IOException e) {
        throw new IllegalArgumentException("bound " + text, e);
      }
    }

    @Override
    public @Nullable Object bind(String path, Raw raw, Binding binding) {
      Optional<String> text = raw.singleText();
      if (text.isEmpty()) {
        return binding.fail(path, raw, "expected " + expected() + ", found " + raw.kind());
      }
      String shown = Binding.quoted(text.get());
      try {
        T value = type.reader().read(text.get(), raw.origin());
        return isWithinBounds(value)
            ? value
            : binding.fail(path, raw, shown + " is out of range: expected " + expected());
      } catch (IllegalArgumentException e) {
        return binding.fail(path, raw, shown + " cannot be used: " + e.getMessage());
      } catch (IOException e) {
        // The text stays out of the message: it may be the secret itself, put here by mistake.
        return binding.fail(
            path, raw, "the file that is named here cannot be used: " + Binding.reason(e));
      }
    }

    private boolean isWithinBounds(T value) {
      return type.order()
          .map(
              order ->
                  min.stream().allMatch(least -> order.compare(value, least) >= 0)
                      && max.stream().allMatch(most -> order.compare(value, most) <= 0))
          .orElse(true);
    }

    @Override
    public String expected() {
      String bounds =
          min.map(least -> " from " + type.writer().apply(least)).orElse("")
              + max.map(most -> (min.isPresent() ? " to " : " up to ") + type.writer().apply(most))
                  .orElse("");
      return type.expected() + bounds;
    }

    @Override
    public boolean fitsOneText() {
      return true;
    }

    @Override
    public void eachLeaf(String path, BiConsumer<String, Shape> visitor) {
      visitor.accept(path, this);
    }
  }

  /** A list; written with commas where only one text can be given. */
  record Listing(Shape element) implements Shape {
    @Override
    public @Nullable Object bind(String path, Raw raw, Binding binding) {
      Raw written = raw;
      if (raw instanceof Raw.Argument argument && fitsOneText()) {
        written = argument.splitAtCommas();
      }
      if (!(written instanceof Raw.Sequence sequence)) {
        return binding.fail(path, raw, "expected a list, found " + raw.kind());
      }
      List<@Nullable Object> values = new ArrayList<>();
      for (Raw item : sequence.items()) {
        values.add(element.bind(path + "[" + values.size() + "]", item, binding));
      }
      return values.contains(null) ? null : List.copyOf(values);
    }

    @Override
    public String expected() {
      return "a list; each entry " + element.expected();
    }

    @Override
    public boolean fitsOneText() {
      return element instanceof Single;
    }

    @Override
    public void eachLeaf(String path, BiConsumer<String, Shape> visitor) {
      visitor.accept(path, this);
    }
  }

  /** A map whose keys are free. */
  record Table(Shape element) implements Shape {
    @Override
    public @Nullable Object bind(String path, Raw raw, Binding binding) {
      if (!(raw instanceof Raw.Mapping mapping)) {
        return binding.fail(path, raw, "expected keys with values, found " + raw.kind());
      }
      Map<String, Object> values = new LinkedHashMap<>();
      mapping
          .entries()
          .forEach(
              (key, item) -> {
                Object value = element.bind(path + "." + key, item, binding);
                if (value != null) {
                  values.put(key, value);
                }
              });
      return values.size() == mapping.entries().size() ? Map.copyOf(values) : null;
    }

    @Override
    public String expected() {
      return "keys with values; each value " + element.expected();
    }

    @Override
    public boolean fitsOneText() {
      return false;
    }

    @Override
    public void eachLeaf(String path, BiConsumer<String, Shape> visitor) {
      visitor.accept(path, this);
    }
  }

  /** A record: known keys only. */
  record Section(Constructor<?> constructor, List<Key> keys) implements Shape {
    @Override
    public @Nullable Object bind(String path, Raw raw, Binding binding) {
      if (raw instanceof Raw.Absent absent) {
        return bind(path, new Raw.Mapping(Map.of(), absent.origin()), binding);
      }
      if (!(raw instanceof Raw.Mapping mapping)) {
        return binding.fail(path, raw, "expected " + expected() + ", found " + raw.kind());
      }
      binding.refuseUnknown(path, mapping, keys.stream().map(Key::name).toList());
      Object[] values =
          keys.stream().map(key -> key.bind(path, mapping, binding)).toArray(Object[]::new);
      if (Arrays.asList(values).contains(null)) {
        return null;
      }
      try {
        return Records.construct(constructor, values);
      } catch (IllegalArgumentException e) {
        return binding.fail(path, raw, String.valueOf(e.getMessage()));
      }
    }

    @Override
    public String expected() {
      return "a section with " + String.join(", ", keys.stream().map(Key::name).toList());
    }

    @Override
    public boolean fitsOneText() {
      return false;
    }

    @Override
    public void eachLeaf(String path, BiConsumer<String, Shape> visitor) {
      keys.forEach(key -> key.shape().eachLeaf(Binding.below(path, key.name()), visitor));
    }
  }
}
