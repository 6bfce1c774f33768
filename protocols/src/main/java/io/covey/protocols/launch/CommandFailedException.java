package io.covey.protocols.launch;

/** A failure that is explained to the person at the terminal in one line, without a stack trace. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  private CommandFailedException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /**
   * The command began and could not finish.
   *
   * @param what what was wrong and where, without a final stop: "port 8080 is taken"
   * @param remedy what to do about it: "choose another with --port"
   */
  public static CommandFailedException failed(String what, String remedy) {
    return new CommandFailedException(ExitCode.FAILED, what + "; " + remedy);
  }

  /** As {@link #failed}, for arguments or settings that are wrong before anything was begun. */
  public static CommandFailedException usage(String what, String remedy) {
    return new CommandFailedException(ExitCode.USAGE, what + "; " + remedy);
  }

  /** Keeps the failure that led here for {@code --verbose}. */
  public CommandFailedException causedBy(Throwable cause) {
    initCause(cause);
    return this;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
