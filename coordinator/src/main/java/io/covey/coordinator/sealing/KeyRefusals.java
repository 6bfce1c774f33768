package io.covey.coordinator.sealing;

import io.covey.protocols.id.AgentId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announcements of encryption keys that led to nothing: counted, and logged once for each agent and
 * reason, since whoever can say this can say it often.
 *
 * <p>The owner's scheduler only, but for {@link #count}.
 */
final class KeyRefusals {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRefusals.class);
  private static final int COMPLAINTS_KEPT = 4096;

  private final Set<String> complained = new HashSet<>();
  private final AtomicLong count = new AtomicLong();

  void add(AgentId agent, String reason) {
    count.incrementAndGet();
    if (complained.size() < COMPLAINTS_KEPT && complained.add(agent + " " + reason)) {
      LOG.warn("{} gets no key of the fleet: it announced {}", agent, reason);
    }
  }

  /** From any thread. */
  long count() {
    return count.get();
  }
}
