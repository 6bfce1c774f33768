package io.covey.protocols.launch;

import io.covey.protocols.settings.Settings;
import io.covey.protocols.settings.Sources;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of every command that has settings; a command takes them in with {@code @Mixin}.
 *
 * <p>A typical {@code call()}:
 *
 * <pre>{@code
 * Settings<AgentSettings> settings =
 *     SettingsLoader.load(AgentSettings.class, options.sources().withFlag("--broker", ...));
 * if (options.printsOnly(settings)) {
 *   return ExitCode.DONE.code();
 * }
 * }</pre>
 */
public final class SettingsOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "YAML file with the settings.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set one key, such as --set broker.keep-alive=1m; may be repeated.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--print-config",
      description = "Print the settings in force, secrets redacted, and do nothing else.")
  private boolean printConfig;

  public Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  /** The file, the environment of this process and each {@code --set}. */
  public Sources sources() {
    Sources sources = Sources.ofProcess();
    if (config != null) {
      sources = sources.withFile(config);
    }
    for (Map.Entry<String, String> entry : set.entrySet()) {
      sources = sources.withSet(entry.getKey(), entry.getValue());
    }
    return sources;
  }

  /** Prints the settings to standard output and answers true when {@code --print-config} asks. */
  public boolean printsOnly(Settings<?> settings) {
    if (printConfig) {
      System.out.print(settings.text());
    }
    return printConfig;
  }
}
