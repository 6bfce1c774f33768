package io.covey.coordinator.delivery;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.time.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which block, and which goes out next.
 *
 * <p>A block that several wait for goes out once. A request waits a moment for others of the same
 * block, and longer where a rate is in the way. One that comes when its block has just gone out
 * waits longer: who asks may be about to have it, and then says so by not asking any more. Agents
 * take turns, and what goes out counts against the rate of the one whose turn it was.
 *
 * <p>Pure: time is an argument. What is kept is bounded by agents and by {@link #BLOCKS_OF_AGENT}.
 */
final class BlockDesk {
  /** More than an agent has room for: what is beyond is asked for again. */
  static final int BLOCKS_OF_AGENT = 256;

  /** How many times the gathering a block waits that has gone out before. */
  private static final int HOLD = 5;

  private static final int REMEMBERED = 4096;

  private final DeliverySettings settings;
  private final RateLimit rate;
  // In the order of their turns.
  private final Map<AgentId, Asker> askers = new LinkedHashMap<>();
  private final Map<Block, Waiting> waiting = new HashMap<>();
  // When blocks went out last, the oldest first.
  private final LinkedHashMap<Block, Instant> sent = new LinkedHashMap<>();

  /** One agent: what it waits for, in the order in which it asked. */
  private static final class Asker {
    private final Set<Block> wanted = new LinkedHashSet<>();
    private final RateLimit rate;

    Asker(RateLimit rate) {
      this.rate = rate;
    }
  }

  /** A block that somebody waits for. */
  private record Waiting(Instant ready, Set<AgentId> agents) {}

  BlockDesk(DeliverySettings settings, Instant now) {
    this.settings = settings;
    this.rate = RateLimit.of(settings.bytesPerSecond(), now);
  }

  /** Notes that an agent waits for a block; false when it asks for too many. */
  boolean want(AgentId agent, Block block, Instant now) {
    Asker asker =
        askers.computeIfAbsent(
            agent, id -> new Asker(RateLimit.of(settings.bytesPerSecondOfAgent(), now)));
    if (asker.wanted.size() >= BLOCKS_OF_AGENT && !asker.wanted.contains(block)) {
      return false;
    }
    asker.wanted.add(block);
    waiting
        .computeIfAbsent(block, b -> new Waiting(readyAt(b, now), new LinkedHashSet<>()))
        .agents()
        .add(agent);
    return true;
  }

  /** An agent waits for these blocks of a file, and for no others of it any more. */
  void keepOnly(AgentId agent, Sha256 artifact, Set<Block> blocks) {
    Asker asker = askers.get(agent);
    if (asker == null) {
      return;
    }
    for (Block block : List.copyOf(asker.wanted)) {
      if (block.artifact().digest().equals(artifact) && !blocks.contains(block)) {
        asker.wanted.remove(block);
        Waiting entry = waiting.get(block);
        if (entry != null && entry.agents().remove(agent) && entry.agents().isEmpty()) {
          waiting.remove(block);
        }
      }
    }
  }

  private Instant readyAt(Block block, Instant now) {
    Instant gathered = now.plus(settings.gathering());
    Instant before = sent.get(block);
    Instant held = before == null ? gathered : before.plus(settings.gathering().multipliedBy(HOLD));
    return held.isAfter(gathered) ? held : gathered;
  }

  private void noteSent(Block block, Instant now) {
    sent.remove(block);
    sent.put(block, now);
    if (sent.size() > REMEMBERED) {
      sent.remove(sent.keySet().iterator().next());
    }
  }

  /** The block that goes out now, to all who wait for it; empty when none does yet. */
  Optional<Block> next(Instant now) {
    for (Map.Entry<AgentId, Asker> entry : askers.entrySet()) {
      Block block = first(entry.getValue());
      if (block != null
          && delay(entry.getValue(), block, now).isZero()
          && rate.wait(block.bytes(), now).isZero()) {
        rate.take(block.bytes(), now);
        entry.getValue().rate.take(block.bytes(), now);
        done(block);
        noteSent(block, now);
        toTheEnd(entry.getKey());
        return Optional.of(block);
      }
    }
    return Optional.empty();
  }

  /** How long until {@link #next} may have something; empty when nobody waits. */
  Optional<Duration> delay(Instant now) {
    Duration shortest = null;
    for (Asker asker : askers.values()) {
      Block block = first(asker);
      if (block != null) {
        Duration delay = longer(delay(asker, block, now), rate.wait(block.bytes(), now));
        shortest = shortest == null || delay.compareTo(shortest) < 0 ? delay : shortest;
      }
    }
    return Optional.ofNullable(shortest);
  }

  /** Nobody waits for blocks of this file any more: it is not offered. */
  void withdraw(Predicate<Block> withdrawn) {
    waiting.keySet().stream().filter(withdrawn).toList().forEach(this::done);
  }

  /** How many blocks somebody waits for. */
  int size() {
    return waiting.size();
  }

  /** What is ready first, and among those what was asked for first. */
  private @Nullable Block first(Asker asker) {
    Block first = null;
    Instant ready = Instant.MAX;
    for (Block block : asker.wanted) {
      Waiting entry = waiting.get(block);
      if (entry != null && entry.ready().isBefore(ready)) {
        first = block;
        ready = entry.ready();
      }
    }
    return first;
  }

  private Duration delay(Asker asker, Block block, Instant now) {
    Waiting entry = waiting.get(block);
    Duration gathering =
        entry == null || !entry.ready().isAfter(now)
            ? Duration.ZERO
            : Duration.between(now, entry.ready());
    return longer(gathering, asker.rate.wait(block.bytes(), now));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void done(Block block) {
    Waiting entry = waiting.remove(block);
    if (entry != null) {
      for (AgentId agent : entry.agents()) {
        Asker asker = askers.get(agent);
        if (asker != null) {
          asker.wanted.remove(block);
        }
      }
    }
  }

  private void toTheEnd(AgentId agent) {
    Asker asker = askers.remove(agent);
    // Without limits of its own there is nothing to remember of who waits for nothing.
    if (asker != null && (!asker.wanted.isEmpty() || settings.bytesPerSecondOfAgent() > 0)) {
      askers.put(agent, asker);
    }
  }
}
