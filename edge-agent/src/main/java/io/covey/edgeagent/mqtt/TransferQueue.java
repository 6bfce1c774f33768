package io.covey.edgeagent.mqtt;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which transfers run and which wait for a place, and whose turn it is to ask for a block. What is
 * to be served goes first, and takes turns among itself. The agent's scheduler only.
 */
final class TransferQueue {
  private final int places;
  private final Set<ArtifactTransfer> waiting = new LinkedHashSet<>();
  // In the order of their turns.
  private final Set<ArtifactTransfer> running = new LinkedHashSet<>();

  /**
   * @param places for transfers at a time; what is to be served does not count those that training
   *     has taken
   */
  TransferQueue(int places) {
    this.places = places;
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
      running.add(next.get());
      next.get().start();
      next = nextToStart();
    }
  }

  private Optional<ArtifactTransfer> nextToStart() {
    for (FetchPriority priority : FetchPriority.values()) {
      long taken =
          running.stream().filter(transfer -> transfer.priority().compareTo(priority) <= 0).count();
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
        running.stream()
            .filter(transfer -> transfer.canAsk(room))
            .min(Comparator.comparing(ArtifactTransfer::priority));
    chosen.ifPresent(
        transfer -> {
          running.remove(transfer);
          running.add(transfer);
        });
    return chosen;
  }
}
