package io.covey.coordinator.training;

import io.covey.coordinator.round.RefusalReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How many messages changed nothing, by reason. Any thread. */
public final class RefusalCounts {
  private final Map<RefusalReason, LongAdder> counts = new EnumMap<>(RefusalReason.class);

  RefusalCounts() {
    for (RefusalReason reason : RefusalReason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  void add(RefusalReason reason) {
    adder(reason).increment();
  }

  public long count(RefusalReason reason) {
    return adder(reason).sum();
  }

  private LongAdder adder(RefusalReason reason) {
    LongAdder adder = counts.get(reason);
    if (adder == null) {
      throw new IllegalStateException("every reason has its count");
    }
    return adder;
  }
}
