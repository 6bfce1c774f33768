package io.covey.architecture.planted.coordinator.http;

import io.covey.architecture.planted.coordinator.mqtt.MqttThatKnowsStore;

/** Planted: breaks a rule on purpose. */
public final class HttpThatKnowsMqtt {
  public boolean know(MqttThatKnowsStore other) {
    return equals(other);
  }
}
