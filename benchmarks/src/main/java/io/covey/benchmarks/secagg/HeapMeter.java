package io.covey.benchmarks.secagg;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;

/** Bytes that the heap holds after a full collection. */
final class HeapMeter {
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

  /** The same while other objects are held, which so count in two figures alike. */
  long liveBytesBesides(Object others) {
    try {
      return liveBytes();
    } finally {
      Reference.reachabilityFence(others);
    }
  }

  long liveBytes() {
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
