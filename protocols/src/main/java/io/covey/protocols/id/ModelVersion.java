package io.covey.protocols.id;

/**
 * A model's version: 1 for the one that was uploaded, then one more with every round that commits.
 */
public record ModelVersion(int number) implements Comparable<ModelVersion> {
  public ModelVersion {
    if (number < 1) {
      throw new IllegalArgumentException("model version " + number + " is below 1");
    }
  }

  public ModelVersion next() {
    return new ModelVersion(Math.incrementExact(number));
  }

  @Override
  public int compareTo(ModelVersion other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
