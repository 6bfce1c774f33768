package io.covey.protocols.id;

/** One federated round; never used twice. */
public record RoundId(String value) implements Comparable<RoundId> {
  private static final IdSyntax SYNTAX = new IdSyntax("round id", 96);

  public RoundId {
    SYNTAX.check(value);
  }

  @Override
  public int compareTo(RoundId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
