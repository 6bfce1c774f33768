package io.covey.protocols.transport;

/** MQTT quality of service (MQTT 5.0, section 4.3). Covey never uses level 2. */
public enum QualityOfService {
  AT_MOST_ONCE(0),
  AT_LEAST_ONCE(1);

  private final int level;

  QualityOfService(int level) {
    this.level = level;
  }

  /** The number on the wire. */
  int level() {
    return level;
  }
}
