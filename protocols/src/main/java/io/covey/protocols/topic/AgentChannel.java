package io.covey.protocols.topic;

import io.covey.protocols.transport.QualityOfService;
import java.util.Arrays;
import java.util.Optional;

/** The topics of one agent outside rounds, each with its quality of service and retain flag. */
public enum AgentChannel {
  PRESENCE("up/presence", QualityOfService.AT_LEAST_ONCE, true),
  REPORTED("up/reported", QualityOfService.AT_LEAST_ONCE, false),
  TELEMETRY("up/telemetry", QualityOfService.AT_MOST_ONCE, false),
  CHUNK("up/chunk", QualityOfService.AT_MOST_ONCE, false),
  ENCRYPTION_KEY("up/encryption-key", QualityOfService.AT_LEAST_ONCE, false),
  DESIRED("down/desired", QualityOfService.AT_LEAST_ONCE, true),
  KEY("down/key", QualityOfService.AT_LEAST_ONCE, true),
  /** A signed message without a body: what the agent says from now on answers it. */
  GREETING("down/greeting", QualityOfService.AT_LEAST_ONCE, false);

  private final String path;
  private final QualityOfService qos;
  private final boolean retain;

  AgentChannel(String path, QualityOfService qos, boolean retain) {
    this.path = path;
    this.qos = qos;
    this.retain = retain;
  }

  String path() {
    return path;
  }

  public QualityOfService qos() {
    return qos;
  }

  public boolean retain() {
    return retain;
  }

  static Optional<AgentChannel> of(String path) {
    return Arrays.stream(values()).filter(c -> c.path.equals(path)).findFirst();
  }
}
