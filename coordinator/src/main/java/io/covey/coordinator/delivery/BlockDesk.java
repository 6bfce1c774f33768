package io.covey.coordinator.delivery;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.time.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who waits for which block, and which goes out next.
 *
 * <p>A block that several wait for goes out once. A request waits a moment for others of the same
 * block, and longer where a rate is in the way. One that comes when its block has just gone out
 * waits longer: the block may be on its way to who asks, and would come twice to all who have not
 * taken their subscription back. How long that is, agents show by what they no longer ask for (see
 * {@link SettlingTime}). Agents take turns, and what goes out counts against the rate of the one
 * whose turn it was.
 *
 * <p>What a call costs grows with what changes, not with what waits: blocks that gather stand in
 * the order of their times, agents whose rate is in the way as well, and the others in the order of
 * their turns.
 *
 * <p>Pure: time is an argument. What is kept is bounded by agents and by {@link #BLOCKS_OF_AGENT}.
 */
final class BlockDesk {
  /** More than an agent has room for: what is beyond is asked for again. */
  static final int BLOCKS_OF_AGENT = 256;

  /** How many times the gathering a block waits that has gone out before, at least and at most. */
  private static final int SHORTEST_HOLD = 5;

  private static final int LONGEST_HOLD = 100;
  private static final int REMEMBERED = 4096;

  private final DeliverySettings settings;
  private final RateLimit rate;
  private final SettlingTime settling;
  private final Map<AgentId, Asker> askers = new HashMap<>();
  private final Map<Block, Waiting> waiting = new HashMap<>();
  private final TreeSet<Waiting> gathering =
      new TreeSet<>(Comparator.comparing(Waiting::ready).thenComparing(Waiting::number));
  // Agents for which something may go out, in the order of their turns.
  private final Deque<Asker> turns = new ArrayDeque<>();
  private final TreeSet<Barred> barred =
      new TreeSet<>(
          Comparator.comparing(Barred::until).thenComparing(b -> b.asker().agent.value()));
  // When blocks went out last, the oldest first.
  private final LinkedHashMap<Block, Instant> sent = new LinkedHashMap<>();
  private long number;
  private long steps;

  /** A block that somebody waits for. */
  private record Waiting(Block block, Instant ready, long number, Set<Asker> askers) {}

  /** An agent whose rate is in the way until then. */
  private record Barred(Instant until, Asker asker) {}

  BlockDesk(DeliverySettings settings, Instant now) {
    this.settings = settings;
    this.rate = RateLimit.of(settings.bytesPerSecond(), now);
    this.settling =
        new SettlingTime(
            settings.gathering().multipliedBy(SHORTEST_HOLD),
            settings.gathering().multipliedBy(LONGEST_HOLD));
  }

  /** Notes that an agent waits for a block; false when it asks for too many. */
  boolean want(AgentId agent, Block block, Instant now) {
    Asker asker =
        askers.computeIfAbsent(
            agent, id -> new Asker(id, RateLimit.of(settings.bytesPerSecondOfAgent(), now)));
    if (asker.wanted.size() >= BLOCKS_OF_AGENT && !asker.wanted.contains(block)) {
      return false;
    }
    if (asker.wanted.add(block)) {
      Waiting entry = waiting.computeIfAbsent(block, b -> gather(b, now));
      entry.askers().add(asker);
      if (!gathering.contains(entry)) {
        mayGoOut(asker, block);
      }
    }
    return true;
  }

  /** An agent waits for these blocks of a file, and for no others of it any more. */
  void keepOnly(AgentId agent, Sha256 artifact, Set<Block> blocks, Instant now) {
    settling.heard(agent, artifact, blocks, now);
    Asker asker = askers.get(agent);
    if (asker == null) {
      return;
    }
    for (Block block : List.copyOf(asker.wanted)) {
      if (block.artifact().digest().equals(artifact) && !blocks.contains(block)) {
        asker.drop(block);
        Waiting entry = waiting.get(block);
        if (entry != null && entry.askers().remove(asker) && entry.askers().isEmpty()) {
          forget(entry);
        }
      }
    }
  }

  /** The block that goes out now, to all who wait for it; empty when none does yet. */
  Optional<Block> next(Instant now) {
    bringUpToDate(now);
    Asker asker = turns.peek();
    while (asker != null) {
      steps++;
      Block block = asker.first();
      Duration wait = block == null ? Duration.ZERO : asker.rate.wait(block.bytes(), now);
      if (block == null) {
        turns.remove();
        rest(asker);
      } else if (!wait.isZero()) {
        turns.remove();
        barred.add(new Barred(now.plus(wait), asker));
      } else if (!rate.wait(block.bytes(), now).isZero()) {
        return Optional.empty();
      } else {
        turns.remove();
        turns.add(asker);
        rate.take(block.bytes(), now);
        asker.rate.take(block.bytes(), now);
        goesOut(block, now);
        return Optional.of(block);
      }
      asker = turns.peek();
    }
    return Optional.empty();
  }

  /** How long until {@link #next} may have something; empty when nobody waits. */
  Optional<Duration> delay(Instant now) {
    bringUpToDate(now);
    Instant due = Instant.MAX;
    if (!gathering.isEmpty()) {
      due = gathering.first().ready();
    }
    if (!barred.isEmpty() && barred.first().until().isBefore(due)) {
      due = barred.first().until();
    }
    Block first = turns.isEmpty() ? null : turns.peek().first();
    if (first != null) {
      Instant allowed = now.plus(rate.wait(first.bytes(), now));
      due = allowed.isBefore(due) ? allowed : due;
    } else if (!turns.isEmpty()) {
      // Who waits for nothing any more is passed over by the next call.
      due = now;
    }
    return due.equals(Instant.MAX) ? Optional.empty() : Optional.of(Duration.between(now, due));
  }

  /** Nobody waits for blocks of this file any more: it is not offered. */
  void withdraw(Predicate<Block> withdrawn) {
    for (Waiting entry : List.copyOf(waiting.values())) {
      if (withdrawn.test(entry.block())) {
        forget(entry);
        entry.askers().forEach(asker -> asker.drop(entry.block()));
      }
    }
  }

  /** How many blocks somebody waits for. */
  int size() {
    return waiting.size();
  }

  /** What {@link #next} and {@link #delay} have looked at so far. */
  long steps() {
    return steps;
  }

  private Waiting gather(Block block, Instant now) {
    Waiting entry = new Waiting(block, readyAt(block, now), number++, new LinkedHashSet<>());
    gathering.add(entry);
    return entry;
  }

  private Instant readyAt(Block block, Instant now) {
    Instant gathered = now.plus(settings.gathering());
    Instant before = sent.get(block);
    Instant held = before == null ? gathered : before.plus(settling.current());
    return held.isAfter(gathered) ? held : gathered;
  }

  /** What has gathered long enough may go out, and whom a rate has let through has its turn. */
  private void bringUpToDate(Instant now) {
    while (!gathering.isEmpty() && !gathering.first().ready().isAfter(now)) {
      Waiting entry = gathering.pollFirst();
      steps += entry.askers().size();
      entry.askers().forEach(asker -> mayGoOut(asker, entry.block()));
    }
    while (!barred.isEmpty() && isLetThrough(barred.first(), now)) {
      steps++;
      turns.add(barred.pollFirst().asker());
    }
  }

  /** Asked of its rate too, whose waits are rounded up. */
  private static boolean isLetThrough(Barred entry, Instant now) {
    Block first = entry.asker().first();
    return first == null
        || !entry.until().isAfter(now)
        || entry.asker().rate.wait(first.bytes(), now).isZero();
  }

  private void mayGoOut(Asker asker, Block block) {
    asker.ready.add(block);
    if (!asker.queued) {
      asker.queued = true;
      turns.add(asker);
    }
  }

  /** Nothing may go out to it. */
  private void rest(Asker asker) {
    asker.queued = false;
    // Without a rate of its own there is nothing to remember of who waits for nothing.
    if (asker.wanted.isEmpty() && settings.bytesPerSecondOfAgent() == 0) {
      askers.remove(asker.agent);
    }
  }

  private void goesOut(Block block, Instant now) {
    Waiting entry = waiting.get(block);
    if (entry != null) {
      forget(entry);
      for (Asker asker : entry.askers()) {
        asker.drop(block);
        settling.sent(asker.agent, block, now);
      }
    }
    sent.remove(block);
    sent.put(block, now);
    if (sent.size() > REMEMBERED) {
      sent.remove(sent.keySet().iterator().next());
    }
  }

  private void forget(Waiting entry) {
    waiting.remove(entry.block());
    gathering.remove(entry);
  }
}
