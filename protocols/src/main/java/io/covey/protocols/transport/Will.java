package io.covey.protocols.transport;

import com.google.protobuf.ByteString;
import java.time.Duration;

/**
 * What the broker publishes for a client that is gone without having said so (MQTT 5.0, section
 * 3.1.2.5).
 *
 * @param delay how long the broker waits for the client to come back first
 */
public record Will(
    String topic, ByteString payload, QualityOfService qos, boolean retain, Duration delay) {
  public Will {
    TopicSyntax.checkTopic(topic);
    TransportSettings.checkSeconds("will delay", delay, 0, TransportSettings.LONGEST_SECONDS);
  }

  Publication publication() {
    return new Publication(topic, payload, qos, retain);
  }
}
