package io.covey.protocols.transport;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/**
 * What the broker allows, from its CONNACK (MQTT 5.0, section 3.2.2.3). Paho knows, but throws when
 * the receive maximum is reached, sends what is too large, and drops retain flags in silence.
 *
 * @param receiveMaximum messages at QoS 1 on the way to the broker
 * @param maximumPacketBytes largest packet
 * @param keepAliveSeconds what the broker asks for instead of the client's; null when it does not
 * @param missing what Covey needs and this broker has not; null when nothing is
 */
record BrokerLimits(
    int receiveMaximum,
    long maximumPacketBytes,
    @Nullable Integer keepAliveSeconds,
    @Nullable String missing) {
  /** Bounds the fixed header, the lengths, the packet id and the properties of a PUBLISH. */
  private static final int PUBLISH_OVERHEAD_BYTES = 64;

  /** Before there is a CONNACK: the protocol's defaults. */
  static final BrokerLimits NONE = new BrokerLimits(65_535, Long.MAX_VALUE, null, null);

  static BrokerLimits of(@Nullable MqttProperties properties) {
    if (properties == null) {
      return NONE;
    }
    Integer receive = properties.getReceiveMaximum();
    Long packet = properties.getMaximumPacketSize();
    return new BrokerLimits(
        receive == null ? NONE.receiveMaximum : receive,
        packet == null ? NONE.maximumPacketBytes : packet,
        properties.getServerKeepAlive(),
        missing(properties));
  }

  /** Always below the receive maximum, unless that is 1. */
  int window(int largest) {
    return Math.max(1, Math.min(largest, receiveMaximum - 1));
  }

  /** The keep-alive that holds, of which {@code asked} is what the client asked for. */
  Duration keepAlive(Duration asked) {
    return keepAliveSeconds == null || keepAliveSeconds == 0
        ? asked
        : Duration.ofSeconds(keepAliveSeconds);
  }

  boolean takes(Publication publication) {
    long topicBytes = publication.topic().getBytes(StandardCharsets.UTF_8).length;
    return PUBLISH_OVERHEAD_BYTES + topicBytes + publication.payload().size() <= maximumPacketBytes;
  }

  private static @Nullable String missing(MqttProperties properties) {
    if (Boolean.FALSE.equals(properties.isRetainAvailable())) {
      return "the broker does not retain messages; switch that on";
    }
    Integer maximumQos = properties.getMaximumQoS();
    if (maximumQos != null && maximumQos == 0) {
      return "the broker allows no quality of service above 0; allow 1";
    }
    if (!properties.isWildcardSubscriptionsAvailable()) {
      return "the broker allows no wildcards in subscriptions; switch them on";
    }
    return null;
  }
}
