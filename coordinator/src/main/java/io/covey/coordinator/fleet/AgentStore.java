package io.covey.coordinator.fleet;

import java.util.Collection;
import java.util.List;

/**
 * Where agents are remembered. Calls block; a failure is a {@link java.io.UncheckedIOException}.
 */
public interface AgentStore {

  /** Inserts or replaces each of them, in one transaction. */
  void save(Collection<AgentRecord> agents);

  /** All agents by id. */
  List<AgentRecord> load();
}
