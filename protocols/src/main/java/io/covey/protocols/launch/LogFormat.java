package io.covey.protocols.launch;

/** How log events are written to standard error. */
public enum LogFormat {
  /** One line for people. */
  TEXT,
  /** One JSON object a line. */
  JSON
}
