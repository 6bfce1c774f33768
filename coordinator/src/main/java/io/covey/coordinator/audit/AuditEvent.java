package io.covey.coordinator.audit;

import io.covey.protocols.message.Limits;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something that is worth being remembered. Texts may come from devices: they are cleaned, and no
 * longer than {@link Limits#readable} lets them be.
 *
 * @param subject whom or what it is about: an agent, a model, a round
 * @param details by name; at most {@link #MOST_DETAILS}
 */
public record AuditEvent(Kind kind, String subject, SortedMap<String, String> details) {
  public static final int MOST_DETAILS = 16;

  /** What happened. */
  public enum Kind {
    /** The first entry of a log: whose it is. */
    LOG_BEGUN,
    /** The file ended in half an entry, as a crash leaves it; that half was taken off. */
    LOG_MENDED,
    /** Entries that could not be written, and how many. */
    ENTRIES_LOST,
    STARTED,
    STOPPED,
    TOKEN_MADE,
    ENROLLED,
    RENEWED,
    ENROLMENT_REFUSED,
    REVOKED,
    /** A coordinator has begun to heed a newer revocation list. */
    REVOCATIONS_HEEDED,
    MODEL_REGISTERED,
    /** An operator's order. */
    ORDERED,
    VERSION_RELEASED,
    ROLLED_BACK,
    /** An agent does not serve a version: it could not, or has returned to the one before. */
    VERSION_REFUSED_BY_AGENT,
    /** A new epoch of the fleet's key has begun, which whoever left does not get. */
    KEY_EPOCH_BEGUN,
    /** An agent has announced an encryption key that nothing is wrapped for. */
    KEY_REFUSED,
    ROUND_COMMITTED,
    ROUND_FAILED,
    /** Messages that changed nothing, since the entry before. */
    MESSAGES_REFUSED
  }

  public AuditEvent {
    subject = Limits.readable(subject);
    SortedMap<String, String> cleaned = new TreeMap<>();
    details.forEach((name, value) -> cleaned.put(Limits.readable(name), Limits.readable(value)));
    details = Collections.unmodifiableSortedMap(cleaned);
    if (details.size() > MOST_DETAILS) {
      throw new IllegalArgumentException(
          "%d details, expected at most %d".formatted(details.size(), MOST_DETAILS));
    }
  }

  /** One without details. */
  public static AuditEvent of(Kind kind, String subject) {
    return new AuditEvent(kind, subject, new TreeMap<>());
  }

  /** The same with one more detail. */
  public AuditEvent with(String name, Object value) {
    SortedMap<String, String> more = new TreeMap<>(details);
    more.put(name, String.valueOf(value));
    return new AuditEvent(kind, subject, more);
  }
}
