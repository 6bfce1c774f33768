package io.covey.protocols.transport;

/** The running counts of an {@link InMemoryNetwork}, on its one thread. */
final class TransportTally {
  long published;
  long delivered;
  long lost;
  long duplicated;
  long dropped;
  long connections;
  long wills;

  NetworkCounters snapshot() {
    return new NetworkCounters(published, delivered, lost, duplicated, dropped, connections, wills);
  }
}
