package io.covey.protocols.settings;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One key of a section.
 *
 * @param preset the text used when nothing gives a value; empty for none
 * @param optional whether the component is an {@link Optional}
 */
record Key(
    String name,
    RecordComponent component,
    Shape shape,
    boolean optional,
    String preset,
    String help) {

  /** The component's value; null when there is none, with the problem reported. */
  @Nullable Object bind(String section, Raw.Mapping mapping, Binding binding) {
    String path = Binding.below(section, name);
    Raw raw = binding.strongest(path, mapping.entries().get(name));
    if (raw == null) {
      return whenAbsent(path, mapping, binding);
    }
    Object value = shape.bind(path, raw, binding);
    if (value != null) {
      binding.remember(path, raw.origin());
    }
    return optional && value != null ? Optional.of(value) : value;
  }

  private @Nullable Object whenAbsent(String path, Raw.Mapping mapping, Binding binding) {
    if (optional) {
      return Optional.empty();
    }
    if (!preset.isEmpty()) {
      return shape.bind(path, new Raw.Argument(preset, Binding.PRESET), binding);
    }
    if (shape instanceof Shape.Listing) {
      return List.of();
    }
    if (shape instanceof Shape.Table) {
      return Map.of();
    }
    if (shape instanceof Shape.Section) {
      return shape.bind(path, new Raw.Absent(mapping.origin()), binding);
    }
    return binding.missing(path, shape);
  }
}
