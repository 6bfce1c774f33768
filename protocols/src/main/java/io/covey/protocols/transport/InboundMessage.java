package io.covey.protocols.transport;

/**
 * One message from the broker. Nothing in it has been checked.
 *
 * @param payload not copied: the receiver owns it
 * @param retained whether the broker kept it from before the subscription
 * @param acknowledge tells the broker that the message is safe here; call it exactly once, from any
 *     thread
 */
public record InboundMessage(
    String topic, byte[] payload, boolean retained, Runnable acknowledge) {}
