package io.covey.protocols.message;

import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the messages that could not be decoded or must not be believed, by kind, and logs the
 * first of a kind in a minute with how many came since the line before. Thread-safe.
 */
public final class RefusedMessages {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedMessages.class);
  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private final Scheduler time;
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
  private long stale;

  /** Takes its time from {@code time}. */
  public RefusedMessages(Scheduler time) {
    this.time = time;
    for (Kind kind : Kind.values()) {
      tallies.put(kind, new Tally());
    }
  }

  /**
   * Notes one refusal. {@code topic} comes from the network, and is cleaned before it is logged.
   */
  public synchronized void add(String topic, DecodeException refusal) {
    Tally tally = tally(refusal.kind());
    tally.total++;
    Instant now = time.now();
    if (tally.lastLogged == null || !now.isBefore(tally.lastLogged.plus(LOG_INTERVAL))) {
      LOG.warn(
          "Refused a message on {}: {} ({} of this kind, {}, since the last line)",
          Limits.readable(topic),
          Limits.readable(String.valueOf(refusal.getMessage())),
          tally.total - tally.logged,
          refusal.kind());
      tally.logged = tally.total;
      tally.lastLogged = now;
    }
  }

  /**
   * Notes a message that is dropped without blame: one that was said before, which QoS 1 allows, or
   * to a run that has ended. Not counted as refused, and not logged.
   */
  public synchronized void addStale() {
    stale++;
  }

  /** How many messages were dropped without blame. */
  public synchronized long stale() {
    return stale;
  }

  /** How many messages were refused for this reason. */
  public synchronized long count(Kind kind) {
    return tally(kind).total;
  }

  /** How many messages were refused. */
  public synchronized long total() {
    return tallies.values().stream().mapToLong(tally -> tally.total).sum();
  }

  private Tally tally(Kind kind) {
    Tally tally = tallies.get(kind);
    if (tally == null) {
      throw new IllegalStateException("no tally for " + kind);
    }
    return tally;
  }

  private static final class Tally {
    private long total;
    private long logged;
    private @Nullable Instant lastLogged;
  }
}
