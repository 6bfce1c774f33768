package io.covey.protocols.transport;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to a peer, in order and bounded: those that wait, and behind them in time
 * the window of those that are sent but not yet acknowledged.
 *
 * <p>Entries are told apart by identity. Not thread-safe: the owner's thread only.
 */
final class Outbox<T> {
  private record Waiting<T>(T entry, long bytes) {}

  private final int maximumMessages;
  private final long maximumBytes;
  private final Deque<Waiting<T>> waiting = new ArrayDeque<>();
  private final Map<T, Long> inFlight = new LinkedHashMap<>();
  private long bytes;

  /** {@code T} must not define equality of its own. */
  Outbox(TransportSettings.OutboxBounds bounds) {
    this.maximumMessages = bounds.messages();
    this.maximumBytes = bounds.bytes();
  }

  /** False when there is no room, in number or in bytes. */
  boolean offer(T entry, long entryBytes) {
    if (size() >= maximumMessages || bytes + entryBytes > maximumBytes) {
      return false;
    }
    add(entry, entryBytes);
    return true;
  }

  /** Adds without regard to the bounds, for what the caller bounds itself. */
  void add(T entry, long entryBytes) {
    waiting.add(new Waiting<>(entry, entryBytes));
    bytes += entryBytes;
  }

  /** Moves the next entry into the window; null when there is none or the window is full. */
  @Nullable T sendNext(int window) {
    if (inFlight.size() >= window) {
      return null;
    }
    Waiting<T> next = waiting.poll();
    if (next == null) {
      return null;
    }
    inFlight.put(next.entry(), next.bytes());
    return next.entry();
  }

  /** Takes an entry out of the window. False when it is not there, as after a second answer. */
  boolean acknowledge(T entry) {
    Long entryBytes = inFlight.remove(entry);
    if (entryBytes == null) {
      return false;
    }
    bytes -= entryBytes;
    return true;
  }

  boolean isInFlight(T entry) {
    return inFlight.containsKey(entry);
  }

  /** The connection is gone: what was in flight goes first again, in its old order. */
  void requeueInFlight() {
    List<Waiting<T>> again = new ArrayList<>(inFlight.size());
    inFlight.forEach((entry, entryBytes) -> again.add(new Waiting<>(entry, entryBytes)));
    inFlight.clear();
    for (int i = again.size() - 1; i >= 0; i--) {
      waiting.addFirst(again.get(i));
    }
  }

  /** Takes out those that wait and match, oldest first. */
  List<T> takeIf(Predicate<T> condition) {
    List<T> taken = new ArrayList<>();
    waiting.removeIf(
        item -> {
          boolean matches = condition.test(item.entry());
          if (matches) {
            taken.add(item.entry());
            bytes -= item.bytes();
          }
          return matches;
        });
    return taken;
  }

  /** Takes out everything, oldest first. */
  List<T> drain() {
    requeueInFlight();
    List<T> all = waiting.stream().map(Waiting::entry).toList();
    waiting.clear();
    bytes = 0;
    return all;
  }

  int inFlightCount() {
    return inFlight.size();
  }

  /** Waiting and in flight. */
  int size() {
    return waiting.size() + inFlight.size();
  }
}
