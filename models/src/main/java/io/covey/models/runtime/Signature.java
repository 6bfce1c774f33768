package io.covey.models.runtime;

import java.util.List;
import java.util.Objects;

/**
 * A named entry point of a model.
 *
 * @param name its key in the file; empty for the only entry of a file without signatures
 * @param inputs what it takes, in the order of their names
 * @param outputs what it gives, in the order of their names
 */
public record Signature(String name, List<TensorSpec> inputs, List<TensorSpec> outputs) {

  /** Checks and copies. */
  public Signature {
    Objects.requireNonNull(name, "name");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** As {@code infer(x FLOAT32[?, 64]) -> (logits FLOAT32[?, 10])}. */
  @Override
  public String toString() {
    String shown = name.isEmpty() ? "<main>" : name;
    return shown + list(inputs) + " -> " + list(outputs);
  }

  private static String list(List<TensorSpec> tensors) {
    String inside = tensors.toString();
    return "(" + inside.substring(1, inside.length() - 1) + ")";
  }
}
