package io.covey.coordinator.audit;

import java.io.IOException;

/** Takes note of events before they have an effect. */
@FunctionalInterface
public interface Auditor {

  /**
   * Takes note. Blocks.
   *
   * @throws IOException if it could not; what was to happen must not happen then
   */
  void note(AuditEvent event) throws IOException;

  /** Takes note of nothing. */
  static Auditor none() {
    return event -> {};
  }
}
