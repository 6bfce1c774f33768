package io.covey.coordinator.delivery;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How long a block that went out is on its way, until those who have it ask for it no more: the
 * smoothed time and four times its variation (RFC 6298, section 2, with its gains), within bounds.
 * Of each agent one block at a time is measured, of so many agents at most; one that went out twice
 * says nothing (Karn's algorithm, section 3 there).
 *
 * <p>Pure; not safe for several threads.
 */
final class SettlingTime {
  private static final int MEASURED_AGENTS = 4096;

  private final long shortestNanos;
  private final long longestNanos;
  private final Map<AgentId, Sent> measured = new LinkedHashMap<>();
  private long smoothed = -1;
  private long variation;

  private record Sent(Block block, Instant at) {}

  /**
   * @param shortest also before anything was measured
   * @param longest whatever agents make it look like
   */
  SettlingTime(Duration shortest, Duration longest) {
    this.shortestNanos = shortest.toNanos();
    this.longestNanos = longest.toNanos();
  }

  /** A block has gone out that an agent waited for. */
  void sent(AgentId agent, Block block, Instant now) {
    Sent before = measured.get(agent);
    if (before == null && measured.size() < MEASURED_AGENTS) {
      measured.put(agent, new Sent(block, now));
    } else if (before != null && before.block().equals(block)) {
      measured.remove(agent);
    }
  }

  /**
   * An agent asks for these blocks of a file and no others. When the one that is measured is not
   * among them, it has that one, and has taken its subscription back.
   */
  void heard(AgentId agent, Sha256 artifact, Set<Block> blocks, Instant now) {
    Sent sent = measured.get(agent);
    if (sent != null) {
      boolean here =
          sent.block().artifact().digest().equals(artifact) && !blocks.contains(sent.block());
      if (here) {
        sample(Duration.between(sent.at(), now));
      }
      if (here || Duration.between(sent.at(), now).toNanos() > longestNanos) {
        measured.remove(agent);
      }
    }
    forgetOldest(now);
  }

  /** Whoever has all that it wanted says nothing more. */
  private void forgetOldest(Instant now) {
    var oldest = measured.values().iterator();
    while (oldest.hasNext() && Duration.between(oldest.next().at(), now).toNanos() > longestNanos) {
      oldest.remove();
    }
  }

  /** An agent that waited for a block has said after so long that it has it. */
  void sample(Duration time) {
    // Bounded before it is a number; a clock that goes back counts as no time.
    Duration most = Duration.ofNanos(longestNanos);
    long sample = Math.max(0, (time.compareTo(most) < 0 ? time : most).toMillis()) * 1_000_000;
    if (smoothed < 0) {
      smoothed = sample;
      variation = sample / 2;
    } else {
      variation += (Math.abs(smoothed - sample) - variation) / 4;
      smoothed += (sample - smoothed) / 8;
    }
  }

  Duration current() {
    long estimate = smoothed < 0 ? 0 : smoothed + 4 * variation;
    return Duration.ofNanos(Math.max(shortestNanos, Math.min(longestNanos, estimate)));
  }
}
