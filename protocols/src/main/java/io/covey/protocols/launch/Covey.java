package io.covey.protocols.launch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code covey} program: the root of all commands.
 *
 * <p>Which commands there are depends on the class path: the agent's distribution holds {@code
 * agent} only, a checkout holds all of them.
 */
@Command(
    name = "covey",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed: the last line says why",
      "2:wrong usage or configuration: nothing was begun"
    })
public final class Covey implements Runnable {
  @Option(
      names = "--log-level",
      scope = ScopeType.INHERIT,
      paramLabel = "LEVEL",
      defaultValue = "${env:COVEY_LOG_LEVEL:-" + Option.NULL_VALUE + "}",
      description =
          "error, warn, info, debug or trace (COVEY_LOG_LEVEL; each command has its own"
              + " default).")
  private @Nullable LogLevel logLevel;

  @Option(
      names = "--log-format",
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      defaultValue = "${env:COVEY_LOG_FORMAT:-text}",
      description = "text or json, on standard error (COVEY_LOG_FORMAT; default text).")
  private LogFormat logFormat = LogFormat.TEXT;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  Covey() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command in this process and returns its exit code. */
  static int run(String... args) {
    return commandLine(args).execute(args);
  }

  /** The command tree for these arguments, with the providers found on the class path. */
  static CommandLine commandLine(String... args) {
    return commandLine(ServiceLoader.load(CoveyCommand.class).stream().toList(), args);
  }

  /** The command tree with the given commands; only those named by an argument are built. */
  static CommandLine commandLine(
      List<? extends ServiceLoader.Provider<CoveyCommand>> providers, String... args) {
    Covey root = new Covey();
    CommandLine line = new CommandLine(root);
    // Set here and not in the annotation, which every subcommand inherits.
    line.getCommandSpec()
        .usageMessage()
        .description("Privacy-preserving federated edge serving.")
        .footer("", "'covey COMMAND --help' explains a command and shows an example.");
    // Building every command costs start-up time that an agent on a small device would notice.
    List<? extends ServiceLoader.Provider<CoveyCommand>> named =
        providers.stream().filter(provider -> isNamed(provider, args)).toList();
    (named.isEmpty() ? providers : named)
        .stream()
            .sorted(Comparator.comparing(Covey::name))
            .map(ServiceLoader.Provider::get)
            .forEach(line::addSubcommand);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionStrategy(root::beginLoggingAndRun);
    FailureReport failures = new FailureReport(root::showsStackTraces);
    line.setExecutionExceptionHandler(failures);
    line.setParameterExceptionHandler(failures);
    return line;
  }

  private static boolean isNamed(ServiceLoader.Provider<CoveyCommand> provider, String... args) {
    return Arrays.asList(args).contains(name(provider));
  }

  private static String name(ServiceLoader.Provider<CoveyCommand> provider) {
    Command command = provider.type().getAnnotation(Command.class);
    return command == null ? "" : command.name();
  }

  private int beginLoggingAndRun(ParseResult parsed) {
    LogOutput.begin(logFormat, logLevel == null ? usualLevel(parsed) : logLevel);
    Logger log = LoggerFactory.getLogger(Covey.class);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> log.error("thread {} died", thread.getName(), failure));
    return new RunLast().execute(parsed);
  }

  /** What the command that is run says; the line names it before its own subcommands. */
  private static LogLevel usualLevel(ParseResult parsed) {
    return parsed.asCommandLineList().stream()
        .<Object>map(CommandLine::getCommand)
        .filter(CoveyCommand.class::isInstance)
        .map(command -> ((CoveyCommand) command).usualLogLevel())
        .findFirst()
        .orElse(LogLevel.INFO);
  }

  private boolean showsStackTraces() {
    return verbose || (logLevel != null && logLevel.compareTo(LogLevel.DEBUG) >= 0);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; see covey --help for what there is");
  }
}
