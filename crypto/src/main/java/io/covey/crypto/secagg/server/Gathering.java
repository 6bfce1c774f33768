package io.covey.crypto.secagg.server;

import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * One message from each of a set of participants. Holds at most one message of each, and nothing of
 * anybody else.
 *
 * @param <M> messages of one step, compared by value
 */
final class Gathering<M> {
  private final SortedSet<AgentId> expected;
  private final SortedMap<AgentId, M> received = new TreeMap<>();

  Gathering(Collection<AgentId> expected) {
    this.expected = new TreeSet<>(expected);
  }

  SortedMap<AgentId, M> received() {
    return received;
  }

  /** Who has not answered. */
  Set<AgentId> awaited() {
    Set<AgentId> awaited = new TreeSet<>(expected);
    awaited.removeAll(received.keySet());
    return awaited;
  }

  boolean isComplete() {
    return received.size() == expected.size();
  }

  /** True if the message is new and without fault; otherwise adds what must be done. */
  boolean take(
      AgentId from, M message, Supplier<Optional<DropReason>> fault, List<ServerEffect> effects) {
    if (!expected.contains(from)) {
      return false;
    }
    M before = received.get(from);
    if (before != null) {
      if (!before.equals(message)) {
        drop(from, DropReason.CONFLICTING_MESSAGE, effects);
      }
      return false;
    }
    Optional<DropReason> reason = fault.get();
    if (reason.isPresent()) {
      drop(from, reason.get(), effects);
      return false;
    }
    received.put(from, message);
    return true;
  }

  void drop(AgentId agent, DropReason reason, List<ServerEffect> effects) {
    if (expected.remove(agent)) {
      received.remove(agent);
      effects.add(new ServerEffect.Drop(agent, reason));
    }
  }

  void dropSilent(List<ServerEffect> effects) {
    for (AgentId agent : new ArrayList<>(expected)) {
      if (!received.containsKey(agent)) {
        drop(agent, DropReason.SILENT, effects);
      }
    }
  }

  /** True if the event ends the step: its deadline, or the last one waited for is gone. */
  boolean endsBy(ServerEvent event, ServerEvent.Stage stage, List<ServerEffect> effects) {
    if (event instanceof ServerEvent.DeadlineReached reached) {
      return reached.stage() == stage;
    }
    if (event instanceof ServerEvent.AgentLost lost) {
      // What a participant has sent counts, also when it goes then.
      if (!received.containsKey(lost.agent())) {
        drop(lost.agent(), DropReason.LOST, effects);
      }
      return isComplete();
    }
    return false;
  }
}
