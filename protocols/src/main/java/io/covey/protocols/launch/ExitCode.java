package io.covey.protocols.launch;

/** What the process tells the shell when it ends. */
public enum ExitCode {
  /** The command did what it was asked to do. */
  DONE(0),
  /** The command began and failed. */
  FAILED(1),
  /** The command line or the configuration is wrong: nothing was begun. */
  USAGE(2);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
