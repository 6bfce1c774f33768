package io.covey.protocols.launch;

import io.covey.protocols.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells a person what went wrong and what to do, and picks the exit code. */
final class FailureReport implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final String VERBOSE_HINT = " (--verbose shows where)";

  private final BooleanSupplier showsStackTraces;

  FailureReport(BooleanSupplier showsStackTraces) {
    this.showsStackTraces = showsStackTraces;
  }

  /** A wrong command line: one line, a suggestion when there is one, and where help is. */
  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    PrintWriter err = line.getErr();
    if (failure instanceof UnmatchedArgumentException unmatched
        && !line.getSubcommands().isEmpty()) {
      String commands = String.join(", ", line.getSubcommands().keySet());
      String word = unmatched.getUnmatched().get(0);
      err.println(name + ": there is no command '" + word + "'; there are " + commands);
    } else {
      err.println(name + ": " + failure.getMessage());
      UnmatchedArgumentException.printSuggestions(failure, err);
    }
    err.println("Try '" + name + " --help'.");
    return ExitCode.USAGE.code();
  }

  /** A command that threw. */
  @Override
  public int handleExecutionException(Exception thrown, CommandLine line, ParseResult parsed) {
    Throwable failure = unwrapped(thrown);
    line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + explanation(failure));
    if (showsStackTraces.getAsBoolean()) {
      thrown.printStackTrace(line.getErr());
    }
    if (failure instanceof CommandFailedException expected) {
      return expected.exitCode().code();
    }
    return failure instanceof SettingsException ? ExitCode.USAGE.code() : ExitCode.FAILED.code();
  }

  /** What went wrong, below the wrappers that add no message of their own. */
  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown.getCause();
    if (cause == null) {
      return thrown;
    }
    boolean isWrapper =
        thrown instanceof ExecutionException
            || thrown instanceof CompletionException
            || thrown instanceof UncheckedIOException;
    boolean addsNothing =
        thrown.getMessage() == null || thrown.getMessage().equals(cause.toString());
    return isWrapper && addsNothing ? unwrapped(cause) : thrown;
  }

  private String explanation(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof CommandFailedException || failure instanceof SettingsException) {
      return String.valueOf(message);
    }
    return reason(failure, message) + (showsStackTraces.getAsBoolean() ? "" : VERBOSE_HINT);
  }

  private static String reason(Throwable failure, @Nullable String message) {
    // The file system's exceptions carry the path as their message and the reason in their type.
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + message;
    }
    if (failure instanceof AccessDeniedException) {
      return "access to " + message + " is denied";
    }
    boolean isInputOrOutput =
        failure instanceof IOException || failure instanceof UncheckedIOException;
    return message != null && isInputOrOutput && !(failure instanceof FileSystemException)
        ? message
        : "unexpected " + failure;
  }
}
