package io.covey.models.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a {@code .tflite} file holds, as an immutable value. Constants are views of the file's
 * bytes.
 *
 * @param subgraphs the graphs; the first is the main one
 * @param signatures the named entry points; older files have none
 * @param description for people; may be empty
 * @param metadata whatever else the file carries
 */
public record ModelGraph(
    List<Subgraph> subgraphs,
    List<EntryPoint> signatures,
    String description,
    List<Metadata> metadata) {

  /** Checks and copies. */
  public ModelGraph {
    subgraphs = List.copyOf(subgraphs);
    signatures = List.copyOf(signatures);
    Objects.requireNonNull(description, "description");
    metadata = List.copyOf(metadata);
  }

  /**
   * Reads a file's structure, whatever the bytes are, in work and memory in proportion to the file.
   * The graph keeps hold of {@code file}, which must not change any more.
   *
   * @throws ModelException when it is damaged, exceeds the limits, or holds what this version of
   *     the schema cannot
   */
  public static ModelGraph read(byte[] file, ModelLimits limits) {
    return GraphReader.read(file, limits);
  }

  /**
   * Reads a file and checks it as the runtime does before it loads one.
   *
   * @throws ModelException also when the native runtime does not run it, or is not known to survive
   */
  public static ModelGraph readChecked(byte[] file, ModelLimits limits) {
    ModelGraph graph = GraphReader.read(file, limits);
    graph.check(limits);
    return graph;
  }

  /**
   * Refuses what the native runtime does not run, or is not known to survive.
   *
   * @throws ModelException naming the first thing that is wrong
   */
  public void check(ModelLimits limits) {
    GraphCheck.check(this, limits);
  }

  /**
   * The graph as a {@code .tflite} file, every constant aligned to 16 bytes and stored once.
   *
   * @throws ModelException when it holds something that cannot be written, or is too large
   */
  public byte[] write() {
    return GraphWriter.write(this);
  }

  /**
   * This graph with another main subgraph, which has the same inputs and outputs in the same order;
   * signatures follow them to where they stand now.
   */
  public ModelGraph withMain(Subgraph replacement) {
    Subgraph before = main();
    Map<Integer, Integer> moved = new HashMap<>();
    for (int i = 0; i < before.inputs().size(); i++) {
      moved.put(before.inputs().get(i), replacement.inputs().get(i));
    }
    for (int i = 0; i < before.outputs().size(); i++) {
      moved.put(before.outputs().get(i), replacement.outputs().get(i));
    }
    List<Subgraph> all = new ArrayList<>(subgraphs);
    all.set(0, replacement);
    List<EntryPoint> entries =
        signatures.stream()
            .map(entry -> entry.subgraph() == 0 ? entry.moved(moved) : entry)
            .toList();
    return new ModelGraph(all, entries, description, metadata);
  }

  /** The main subgraph. */
  public Subgraph main() {
    return subgraphs.get(0);
  }
}
