package io.covey.coordinator.training;

import io.covey.protocols.id.ModelName;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who watches which model. Any thread may come and go; one that fails is let go of. */
final class Watchers {
  private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

  private record Watcher(Optional<ModelName> model, Consumer<TrainingEvent> listener) {}

  private final Map<Long, Watcher> watchers = new ConcurrentHashMap<>();
  private final AtomicLong nextId = new AtomicLong();

  AutoCloseable add(ModelName model, Consumer<TrainingEvent> listener) {
    return add(new Watcher(Optional.of(model), listener));
  }

  AutoCloseable addForAll(Consumer<TrainingEvent> listener) {
    return add(new Watcher(Optional.empty(), listener));
  }

  private AutoCloseable add(Watcher watcher) {
    long id = nextId.getAndIncrement();
    watchers.put(id, watcher);
    return () -> watchers.remove(id);
  }

  void tell(ModelName model, TrainingEvent event) {
    watchers.forEach(
        (id, watcher) -> {
          if (watcher.model().isEmpty() || watcher.model().get().equals(model)) {
            try {
              watcher.listener().accept(event);
            } catch (RuntimeException e) {
              LOG.warn("a watcher of {} failed and is let go of", model, e);
              watchers.remove(id);
            }
          }
        });
  }
}
