package io.covey.benchmarks.delivery;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * The most bytes of heap that this process has used at a time, garbage included. The pools' own
 * peaks, which may be of different moments, added up: never too little.
 */
record PeakHeap(List<MemoryPoolMXBean> pools) {
  PeakHeap {
    pools = List.copyOf(pools);
  }

  static PeakHeap start() {
    List<MemoryPoolMXBean> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    heap.forEach(MemoryPoolMXBean::resetPeakUsage);
    return new PeakHeap(heap);
  }

  long bytes() {
    return pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }
}
