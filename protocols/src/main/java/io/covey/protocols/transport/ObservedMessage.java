package io.covey.protocols.transport;

import java.time.Instant;

/**
 * One message as it passes through a broker that can be observed.
 *
 * @param senderClientId the client that published it, or whose will it is
 */
public record ObservedMessage(Instant time, String senderClientId, Publication publication) {}
