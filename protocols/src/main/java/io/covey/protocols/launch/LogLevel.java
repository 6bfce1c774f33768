package io.covey.protocols.launch;

import org.slf4j.event.Level;

/** How much is logged. Libraries stay one step quieter than Covey itself. */
public enum LogLevel {
  ERROR(Level.ERROR, Level.ERROR),
  WARN(Level.WARN, Level.WARN),
  INFO(Level.INFO, Level.WARN),
  DEBUG(Level.DEBUG, Level.INFO),
  TRACE(Level.TRACE, Level.DEBUG);

  private final Level own;
  private final Level libraries;

  LogLevel(Level own, Level libraries) {
    this.own = own;
    this.libraries = libraries;
  }

  Level own() {
    return own;
  }

  Level libraries() {
    return libraries;
  }
}
