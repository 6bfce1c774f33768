package io.covey.protocols.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the shape of a settings record from its class. What is wrong here is a programmer's bug.
 */
final class Schema {
  private final Deque<Class<?>> open = new ArrayDeque<>();

  private Schema() {}

  /**
   * The section that a record stands for.
   *
   * @throws IllegalArgumentException when a component cannot be a setting
   */
  static Shape.Section of(Class<?> type) {
    return new Schema().section(type);
  }

  private Shape.Section section(Class<?> type) {
    if (open.contains(type)) {
      throw new IllegalArgumentException(type.getName() + " contains itself");
    }
    open.push(type);
    List<Key> keys = Arrays.stream(type.getRecordComponents()).map(this::key).toList();
    open.pop();
    return new Shape.Section(Records.canonicalConstructor(type), keys);
  }

  private Key key(RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalArgumentException(component + " of " + open.peek() + " has no @Setting");
    }
    Type type = component.getGenericType();
    boolean optional = isA(type, Optional.class);
    Type held = optional ? argument(type, 0) : type;
    Shape shape = shape(held, setting);
    String name = Names.kebab(component.getName()) + (held == Secret.class ? "-file" : "");
    if (optional && !setting.preset().isEmpty()) {
      throw new IllegalArgumentException(name + " is optional and has a preset: choose one");
    }
    return new Key(name, component, shape, optional, setting.preset(), setting.help());
  }

  private Shape shape(Type type, Setting setting) {
    if (isA(type, List.class)) {
      return new Shape.Listing(shape(argument(type, 0), setting));
    }
    if (isA(type, Map.class) && argument(type, 0) == String.class) {
      return new Shape.Table(shape(argument(type, 1), setting));
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalArgumentException(type + " cannot be a setting");
    }
    Optional<ValueType<?>> single = ValueTypes.of(plain);
    if (single.isPresent()) {
      return Shape.Single.of(single.get(), setting.min(), setting.max());
    }
    if (!plain.isRecord()) {
      throw new IllegalArgumentException(plain.getName() + " cannot be a setting");
    }
    return section(plain);
  }

  private static boolean isA(Type type, Class<?> generic) {
    return type instanceof ParameterizedType parameterized && parameterized.getRawType() == generic;
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }
}
