package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changed records behind, in batches: a fleet that reconnects at once costs a few
 * transactions, not one for each agent. What a crash loses here, the agents say again when they
 * reconnect.
 */
final class AgentWriter {
  private static final Logger LOG = LoggerFactory.getLogger(AgentWriter.class);
  private static final Duration DELAY = Duration.ofMillis(500);

  private final Scheduler scheduler;
  private final AgentStore store;
  private final Map<AgentId, AgentRecord> dirty = new LinkedHashMap<>();
  private boolean scheduled;

  AgentWriter(Scheduler scheduler, AgentStore store) {
    this.scheduler = scheduler;
    this.store = store;
  }

  void save(AgentRecord record) {
    dirty.put(record.agent(), record);
    if (!scheduled) {
      scheduled = true;
      var unused = scheduler.schedule(DELAY, this::flush);
    }
  }

  private void flush() {
    List<AgentRecord> batch = List.copyOf(dirty.values());
    dirty.clear();
    var unused =
        scheduler
            .offload(
                new Workload(Workload.Kind.STORAGE, batch.size()),
                () -> {
                  store.save(batch);
                  return batch.size();
                })
            .whenComplete(
                (count, failure) -> {
                  scheduled = false;
                  if (failure != null) {
                    LOG.warn("{} agents could not be saved; trying again", batch.size(), failure);
                    batch.forEach(r -> dirty.putIfAbsent(r.agent(), r));
                  }
                  if (!dirty.isEmpty()) {
                    save(dirty.values().iterator().next());
                  }
                });
  }
}
