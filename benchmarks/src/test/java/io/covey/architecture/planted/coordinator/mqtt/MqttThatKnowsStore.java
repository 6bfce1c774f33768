package io.covey.architecture.planted.coordinator.mqtt;

import io.covey.architecture.planted.coordinator.store.StoreThatKnowsHttp;

/** Planted: breaks a rule on purpose. */
public final class MqttThatKnowsStore {
  public boolean know(StoreThatKnowsHttp other) {
    return equals(other);
  }
}
