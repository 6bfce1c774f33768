package io.covey.coordinator.audit;

import java.io.IOException;
import java.nio.file.Path;

/** A file is no unbroken log. */
public final class BrokenLogException extends IOException {
  private static final long serialVersionUID = 1;

  private final long entry;

  BrokenLogException(Path path, long entry, String why) {
    super("the audit log " + path + " is broken at entry " + entry + ": " + why);
    this.entry = entry;
  }

  /** The first that does not fit, counted from 1. */
  public long entry() {
    return entry;
  }
}
