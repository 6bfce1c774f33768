package io.covey.protocols.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where settings come from, weakest first: the file, the environment, the flags in their order.
 *
 * @param file the YAML file, when there is one
 * @param environment environment variables; only those that begin with {@code COVEY_} count
 * @param flags what the command line said
 */
public record Sources(Optional<Path> file, Map<String, String> environment, List<Flag> flags) {

  /**
   * One value from the command line.
   *
   * @param name how the person wrote it, such as {@code --broker}
   * @param key the key it sets, such as {@code mqtt.broker}
   * @param value its text, as it would stand in the file
   */
  public record Flag(String name, String key, String value) {}

  public Sources {
    environment = Map.copyOf(environment);
    flags = List.copyOf(flags);
  }

  /** Nothing but the defaults. */
  public static Sources none() {
    return new Sources(Optional.empty(), Map.of(), List.of());
  }

  /** The environment of this process. */
  public static Sources ofProcess() {
    return new Sources(Optional.empty(), System.getenv(), List.of());
  }

  public Sources withFile(Path path) {
    return new Sources(Optional.of(path), environment, flags);
  }

  public Sources withEnvironment(Map<String, String> variables) {
    return new Sources(file, variables, flags);
  }

  /** Adds a flag of its own name, such as {@code --broker} for {@code mqtt.broker}. */
  public Sources withFlag(String name, String key, String value) {
    List<Flag> more = new ArrayList<>(flags);
    more.add(new Flag(name, key, value));
    return new Sources(file, environment, more);
  }

  /** Adds {@code --set key=value}. */
  public Sources withSet(String key, String value) {
    return withFlag("--set", key, value);
  }
}
