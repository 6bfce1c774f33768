package io.covey.architecture.planted.coordinator.store;

import io.covey.architecture.planted.coordinator.http.HttpThatKnowsMqtt;

/** Planted: breaks a rule on purpose. */
public final class StoreThatKnowsHttp {
  public boolean know(HttpThatKnowsMqtt other) {
    return equals(other);
  }
}
