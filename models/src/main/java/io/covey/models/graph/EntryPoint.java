package io.covey.models.graph;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A signature: names for a subgraph's inputs and outputs.
 *
 * @param key the signature's name
 * @param subgraph the position of the subgraph that it runs
 * @param inputs a name for each of the subgraph's inputs
 * @param outputs names for some of its outputs
 */
public record EntryPoint(
    String key, int subgraph, List<NamedTensor> inputs, List<NamedTensor> outputs) {

  /** Checks and copies. */
  public EntryPoint {
    Objects.requireNonNull(key, "key");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** This entry point with tensors at other positions. */
  EntryPoint moved(Map<Integer, Integer> positions) {
    return new EntryPoint(key, subgraph, moved(inputs, positions), moved(outputs, positions));
  }

  private static List<NamedTensor> moved(
      List<NamedTensor> tensors, Map<Integer, Integer> positions) {
    return tensors.stream()
        .map(
            named ->
                new NamedTensor(
                    named.name(), positions.getOrDefault(named.tensor(), named.tensor())))
        .toList();
  }

  /**
   * A name for the tensor at a position.
   *
   * @param name the name, unique among the signature's inputs or outputs
   * @param tensor the position in the subgraph
   */
  public record NamedTensor(String name, int tensor) {

    /** Checks. */
    public NamedTensor {
      Objects.requireNonNull(name, "name");
    }
  }
}
