package io.covey.protocols.transport;

import com.google.protobuf.ByteString;

/**
 * One message from the broker. Nothing in it has been checked.
 *
 * @param retained whether the broker kept it from before the subscription
 * @param acknowledge tells the broker that the message is safe here; call it once, from any thread.
 *     At QoS 0, and when the connection is gone, it does nothing; a message at QoS 1 that is never
 *     acknowledged comes again after the next reconnect
 */
public record InboundMessage(
    String topic, ByteString payload, boolean retained, Runnable acknowledge) {}
