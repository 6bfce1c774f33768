package io.covey.protocols.transport;

/**
 * One message to publish.
 *
 * @param payload at most the transport's maximum; not copied: the caller must not change it
 *     afterwards
 */
public record Publication(String topic, byte[] payload, QualityOfService qos, boolean retain) {}
