package io.covey.protocols.transport;

import com.google.protobuf.ByteString;

/**
 * One message to publish.
 *
 * @param payload at most the transport's maximum
 */
public record Publication(String topic, ByteString payload, QualityOfService qos, boolean retain) {}
