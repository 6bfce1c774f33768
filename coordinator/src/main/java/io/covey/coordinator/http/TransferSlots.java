package io.covey.coordinator.http;

import io.vertx.ext.web.RoutingContext;

/**
 * Bounds how many files are under way at once, and so the memory and disk they take. Confined to
 * the server's event loop.
 */
final class TransferSlots {
  private final int slots;
  private int taken;

  TransferSlots(int slots) {
    this.slots = slots;
  }

  /** Takes a slot until the request has ended, however it ends; answers 503 when all are taken. */
  void acquire(RoutingContext rc) {
    if (taken == slots) {
      throw ProblemException.busy(
          slots + " files are under way, which is as many as are allowed at once; try again.");
    }
    taken++;
    rc.addEndHandler(done -> taken--);
  }

  /** How many are under way. */
  int taken() {
    return taken;
  }
}
