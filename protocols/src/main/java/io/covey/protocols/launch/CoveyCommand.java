package io.covey.protocols.launch;

import java.util.concurrent.Callable;

/**
 * One subcommand of {@code covey}, found through {@link java.util.ServiceLoader}.
 *
 * <p>An implementation is public, has a public constructor without arguments that does no work, and
 * carries picocli's {@code @Command} with a {@code name}, a {@code description} and, as {@code
 * footer}, at least one example. The root command adds {@code --help}, {@code --version}, the list
 * of exit codes and the logging options.
 *
 * <p>{@link #call()} returns {@link ExitCode#code()}. Results go to {@code System.out}, everything
 * else to the log or {@code System.err}. To fail with a message for people, throw {@link
 * CommandFailedException}; {@link io.covey.protocols.settings.SettingsException} is understood too.
 */
public interface CoveyCommand extends Callable<Integer> {

  /** What is logged beside the command's own output when {@code --log-level} is not given. */
  default LogLevel usualLogLevel() {
    return LogLevel.INFO;
  }
}
