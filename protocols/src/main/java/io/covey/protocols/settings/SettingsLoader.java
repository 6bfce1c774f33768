package io.covey.protocols.settings;

/** Loads settings from all sources at once. See the package for how settings are defined. */
public final class SettingsLoader {
  private SettingsLoader() {}

  /**
   * Loads the settings that a record describes.
   *
   * @throws SettingsException when anything is wrong with them; holds every problem found
   * @throws IllegalArgumentException when the record cannot describe settings: a bug of its module
   */
  public static <T extends Record> Settings<T> load(Class<T> type, Sources sources) {
    Shape.Section schema = Schema.of(type);
    Binding binding = new Binding(schema);
    binding.override(sources.environment());
    sources.flags().forEach(binding::override);
    Raw file =
        sources
            .file()
            .<Raw>map(path -> YamlFile.read(path, binding::report))
            .orElse(new Raw.Absent(Binding.PRESET));
    Object value = schema.bind("", file, binding);
    if (value == null || !binding.problems().isEmpty()) {
      throw new SettingsException(binding.problems());
    }
    return new Settings<>(type.cast(value), SettingsText.of(schema, value, binding.origins()));
  }
}
