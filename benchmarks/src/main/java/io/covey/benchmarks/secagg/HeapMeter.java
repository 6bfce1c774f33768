package io.covey.benchmarks.secagg;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** Bytes that the heap holds after a full collection. */
final class HeapMeter {
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

  long liveBytes() {
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
