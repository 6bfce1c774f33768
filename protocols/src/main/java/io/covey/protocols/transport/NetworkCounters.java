package io.covey.protocols.transport;

/**
 * What an {@link InMemoryNetwork} has done so far.
 *
 * @param published messages that reached the broker, copies included
 * @param delivered messages that reached a client, copies included
 * @param lost transmissions that were lost
 * @param duplicated copies that the network made
 * @param dropped messages that a full queue of the broker refused
 * @param connections that were accepted
 * @param wills that were published
 */
public record NetworkCounters(
    long published,
    long delivered,
    long lost,
    long duplicated,
    long dropped,
    long connections,
    long wills) {}
