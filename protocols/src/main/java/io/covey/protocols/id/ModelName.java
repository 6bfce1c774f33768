package io.covey.protocols.id;

/** The name under which a model's versions are registered. */
public record ModelName(String value) implements Comparable<ModelName> {
  private static final IdSyntax SYNTAX = new IdSyntax("model name", 64);

  public ModelName {
    SYNTAX.check(value);
  }

  @Override
  public int compareTo(ModelName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
