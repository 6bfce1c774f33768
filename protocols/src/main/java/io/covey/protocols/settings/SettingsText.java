package io.covey.protocols.settings;

import io.covey.protocols.settings.Raw.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes settings as YAML that {@link SettingsLoader} reads back, secrets aside. */
final class SettingsText {
  private static final String PLAIN = "[A-Za-z0-9/._][A-Za-z0-9/._+-]*(:[A-Za-z0-9/._+-]+)*";

  private final Map<String, Origin> origins;
  private final StringBuilder out = new StringBuilder();

  private SettingsText(Map<String, Origin> origins) {
    this.origins = origins;
  }

  static String of(Shape.Section schema, Object settings, Map<String, Origin> origins) {
    SettingsText text = new SettingsText(origins);
    text.section("", "", schema, settings);
    return text.out.toString();
  }

  private void section(String indent, String path, Shape.Section section, Object record) {
    for (Key key : section.keys()) {
      Object held = Records.read(key.component(), record);
      Object value = held instanceof Optional<?> optional ? optional.orElse(null) : held;
      String keyPath = Binding.below(path, key.name());
      out.append(indent).append("# ").append(key.help()).append('\n');
      if (value == null) {
        out.append(indent).append("# ").append(key.name()).append(":  # not given\n");
        continue;
      }
      out.append(indent).append(key.name()).append(':');
      value(indent + "  ", keyPath, key.shape(), value);
    }
  }

  private void value(String indent, String path, Shape shape, Object value) {
    if (shape instanceof Shape.Section section) {
      out.append('\n');
      section(indent, path, section, value);
    } else if (value instanceof List<?> list && shape instanceof Shape.Listing listing) {
      out.append(list.isEmpty() ? " []" + origin(path) : origin(path)).append('\n');
      for (Object item : list) {
        out.append(indent).append("-");
        value(indent + "  ", path + "[]", listing.element(), item);
      }
    } else if (value instanceof Map<?, ?> map && shape instanceof Shape.Table table) {
      out.append(map.isEmpty() ? " {}" + origin(path) : origin(path)).append('\n');
      map.entrySet().stream()
          .sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
          .forEach(
              entry -> {
                out.append(indent).append(quoted(entry.getKey().toString())).append(':');
                value(indent + "  ", path + "[]", table.element(), entry.getValue());
              });
    } else if (shape instanceof Shape.Single<?> single) {
      out.append(' ').append(written(single, value)).append(origin(path)).append('\n');
    }
  }

  private static <T> String written(Shape.Single<T> single, Object value) {
    @SuppressWarnings("unchecked") // The value was read by this very type.
    T typed = (T) value;
    return quoted(single.type().writer().apply(typed));
  }

  private String origin(String path) {
    if (path.endsWith("]")) {
      return "";
    }
    Origin origin = origins.get(path);
    return "  # " + (origin == null ? Binding.PRESET : origin).place();
  }

  private static String quoted(String text) {
    if (text.matches(PLAIN)) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (Character.isISOControl(c)) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
