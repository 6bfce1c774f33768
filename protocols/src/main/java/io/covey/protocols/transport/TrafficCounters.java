package io.covey.protocols.transport;

/** What a transport has carried since it was opened, counted in MQTT payload bytes. */
public record TrafficCounters(
    long messagesSent, long bytesSent, long messagesReceived, long bytesReceived) {}
