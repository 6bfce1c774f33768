package io.covey.protocols.transport;

/** MQTT quality of service (MQTT 5.0, section 4.3). Covey never uses level 2. */
public enum QualityOfService {
  AT_MOST_ONCE,
  AT_LEAST_ONCE
}
