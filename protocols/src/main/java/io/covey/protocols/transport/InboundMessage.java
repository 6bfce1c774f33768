package io.covey.protocols.transport;

import com.google.protobuf.ByteString;

/**
 * One message from the broker. Nothing in it has been checked.
 *
 * @param retained whether the broker kept it from before the subscription
 * @param acknowledge tells the broker that the message is safe here; call it exactly once, from any
 *     thread
 */
public record InboundMessage(
    String topic, ByteString payload, boolean retained, Runnable acknowledge) {}
