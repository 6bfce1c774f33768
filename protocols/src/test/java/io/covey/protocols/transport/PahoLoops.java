package io.covey.protocols.transport;

import java.util.List;

/** Tells Paho's three loops from the threads that only help them to start. */
final class PahoLoops {
  private static final List<String> LOOPS = List.of("MQTT Rec: ", "MQTT Snd: ", "MQTT Call: ");

  private PahoLoops() {}

  /** Waits for the other threads, which end when they have been idle for a moment. */
  static void awaitOnlyLoops(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      if (LOOPS.stream().noneMatch(thread.getName()::startsWith)) {
        thread.join(30_000);
      }
    }
  }
}
