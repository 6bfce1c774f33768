package io.covey.protocols.id;

/** One fleet: the agents and the coordinators of one owner that share a broker's topic tree. */
public record FleetId(String value) implements Comparable<FleetId> {
  private static final IdSyntax SYNTAX = new IdSyntax("fleet id", 64);

  public FleetId {
    SYNTAX.check(value);
  }

  @Override
  public int compareTo(FleetId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
