package io.covey.protocols.id;

/** One edge agent; also its MQTT client id. */
public record AgentId(String value) implements Comparable<AgentId> {
  private static final IdSyntax SYNTAX = new IdSyntax("agent id", 64);

  public AgentId {
    SYNTAX.check(value);
  }

  @Override
  public int compareTo(AgentId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
