package io.covey.coordinator.delivery;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.RateLimit;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One agent at the {@link BlockDesk}: what it waits for, and what of that may go out. */
final class Asker {
  final AgentId agent;
  final RateLimit rate;

  /** In the order in which it asked. */
  final Set<Block> wanted = new LinkedHashSet<>();

  /** Those of them that have waited long enough, in the order in which they had. */
  final Set<Block> ready = new LinkedHashSet<>();

  /** Whether it waits for its turn, or for its rate. */
  boolean queued;

  Asker(AgentId agent, RateLimit rate) {
    this.agent = agent;
    this.rate = rate;
  }

  @Nullable Block first() {
    return ready.isEmpty() ? null : ready.iterator().next();
  }

  /** It waits for this block no more. */
  void drop(Block block) {
    wanted.remove(block);
    ready.remove(block);
  }
}
