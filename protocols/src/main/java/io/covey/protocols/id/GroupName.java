package io.covey.protocols.id;

/** A group of agents of a fleet that get the same models. */
public record GroupName(String value) implements Comparable<GroupName> {
  private static final IdSyntax SYNTAX = new IdSyntax("group name", 64);

  public GroupName {
    SYNTAX.check(value);
  }

  @Override
  public int compareTo(GroupName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
