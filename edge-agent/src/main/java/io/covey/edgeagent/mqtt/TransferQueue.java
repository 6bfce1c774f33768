package io.covey.edgeagent.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which transfers run and which wait for a place, and whose turn it is to ask for a block. What is
 * to be served goes first, and takes turns among itself. Who has held a place for long gives it up
 * to who waits: files that come drop by drop do not keep others out. The agent's scheduler only.
 */
final class TransferQueue {
  /** For so long a place is kept when others wait. */
  static final Duration LONG = Duration.ofMinutes(1);

  private final int places;
  private final InstantSource clock;
  private final Set<ArtifactTransfer> waiting = new LinkedHashSet<>();
  // In the order of their turns, and since when they have their places.
  private final Map<ArtifactTransfer, Instant> running = new LinkedHashMap<>();

  /**
   * @param places for transfers at a time; what is to be served does not count those that training
   *     has taken
   */
  TransferQueue(int places, InstantSource clock) {
    this.places = places;
    this.clock = clock;
  }

  boolean isAwaited() {
    return !waiting.isEmpty();
  }

  /** Gives places that were held for {@link #LONG} to those who wait. */
  void rotate() {
    Instant latest = clock.instant().minus(LONG);
    for (ArtifactTransfer next : List.copyOf(waiting)) {
      running.entrySet().stream()
          .filter(held -> !held.getValue().isAfter(latest))
          .filter(held -> held.getKey().priority() == next.priority())
          .filter(held -> held.getKey().canYield())
          .min(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .ifPresent(this::add);
    }
    startNext();
  }

  /** A transfer wants a place; it gives up the one that it has. */
  void add(ArtifactTransfer transfer) {
    running.remove(transfer);
    waiting.add(transfer);
  }

  /** A transfer gives up its place, and waits for none. */
  void remove(ArtifactTransfer transfer) {
    running.remove(transfer);
    waiting.remove(transfer);
  }

  void clear() {
    running.clear();
    waiting.clear();
  }

  /** Starts what there is a place for. */
  void startNext() {
    Optional<ArtifactTransfer> next = nextToStart();
    while (next.isPresent()) {
      waiting.remove(next.get());
      running.put(next.get(), clock.instant());
      next.get().start();
      next = nextToStart();
    }
  }

  private Optional<ArtifactTransfer> nextToStart() {
    for (FetchPriority priority : FetchPriority.values()) {
      long taken =
          running.keySet().stream()
              .filter(transfer -> transfer.priority().compareTo(priority) <= 0)
              .count();
      if (taken < places) {
        Optional<ArtifactTransfer> first =
            waiting.stream().filter(transfer -> transfer.priority() == priority).findFirst();
        if (first.isPresent()) {
          return first;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The most urgent transfer that has a block to ask for; it was its turn then.
   *
   * @param room whether there is room in the window
   */
  Optional<ArtifactTransfer> takeTurn(boolean room) {
    Optional<ArtifactTransfer> chosen =
        running.keySet().stream()
            .filter(transfer -> transfer.canAsk(room))
            .min(Comparator.comparing(ArtifactTransfer::priority));
    chosen.ifPresent(
        transfer -> {
          Instant since = running.remove(transfer);
          running.put(transfer, since == null ? clock.instant() : since);
        });
    return chosen;
  }
}
