package io.covey.coordinator.enrolment;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.Auditor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refusals in the audit log: the first for a reason in a minute, with how many there were since the
 * one before. Anybody can be refused as often as they like, and the log must not grow with that.
 *
 * <p>Belongs to one thread at a time.
 */
final class RefusalNotes {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Auditor auditor;
  private final Map<Refusal, Integer> since = new EnumMap<>(Refusal.class);
  private final Map<Refusal, Instant> noted = new EnumMap<>(Refusal.class);

  RefusalNotes(Auditor auditor) {
    this.auditor = auditor;
  }

  /**
   * Takes note of a refusal.
   *
   * @param whom as far as that is known
   */
  void add(Refusal reason, String whom, Instant now) throws IOException {
    int count = since.merge(reason, 1, Integer::sum);
    @Nullable Instant last = noted.get(reason);
    if (last == null || !now.isBefore(last.plus(INTERVAL))) {
      auditor.note(
          AuditEvent.of(AuditEvent.Kind.ENROLMENT_REFUSED, whom)
              .with("reason", reason)
              .with("count", count));
      since.remove(reason);
      noted.put(reason, now);
    }
  }
}
