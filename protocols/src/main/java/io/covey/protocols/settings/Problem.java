package io.covey.protocols.settings;

/**
 * One thing that is wrong with the settings.
 *
 * @param key the key in dotted form, such as {@code mqtt.keep-alive}; empty for the file as a whole
 * @param place where the value was given, such as {@code agent.yaml:12}; empty when it was not
 * @param explanation what is wrong and what is expected instead
 */
public record Problem(String key, String place, String explanation) implements Comparable<Problem> {

  @Override
  public int compareTo(Problem other) {
    int byKey = key.compareTo(other.key);
    return byKey != 0 ? byKey : explanation.compareTo(other.explanation);
  }

  /** {@code agent.yaml:12: mqtt.keep-alive: what is wrong}. */
  @Override
  public String toString() {
    return (place.isEmpty() ? "" : place + ": ") + (key.isEmpty() ? "" : key + ": ") + explanation;
  }
}
