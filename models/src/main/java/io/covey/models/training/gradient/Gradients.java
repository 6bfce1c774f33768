package io.covey.models.training.gradient;

import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of a graph's tensors, as far as they are known and wanted: the backward pass.
 *
 * <p>Thread rule: one thread.
 */
public final class Gradients {

  private final BitSet wanted = new BitSet();
  private final Map<Integer, Integer> known = new HashMap<>();

  private Gradients() {}

  /**
   * Writes the backward pass of {@code forward} behind it.
   *
   * @param emit writes into the graph that the operators belong to
   * @param forward the steps of the forward pass, in order
   * @param variables the tensors whose gradients are asked for
   * @param seed the tensor whose gradient is given, and that gradient
   * @return the gradient of each variable; none for those that do not matter
   * @throws UnsupportedGradientException at the first use of an operator that has no rule
   */
  public static Map<Integer, Integer> of(
      Emitter emit,
      List<ForwardStep> forward,
      Set<Integer> variables,
      Map.Entry<Integer, Integer> seed) {
    Gradients gradients = new Gradients();
    gradients.markWanted(emit.graph(), forward, variables);
    gradients.known.put(seed.getKey(), seed.getValue());
    for (int i = forward.size() - 1; i >= 0; i--) {
      gradients.step(emit, forward.get(i));
    }
    Map<Integer, Integer> results = new HashMap<>();
    for (int variable : variables) {
      Integer gradient = gradients.known.get(variable);
      if (gradient != null) {
        results.put(variable, gradient);
      }
    }
    return results;
  }

  /** A tensor's gradient is wanted when a variable has an influence on it. */
  private void markWanted(
      SubgraphBuilder graph, List<ForwardStep> forward, Set<Integer> variables) {
    variables.forEach(wanted::set);
    for (ForwardStep step : forward) {
      if (!step.stopsGradient() && step.inputs().stream().anyMatch(i -> i >= 0 && wanted.get(i))) {
        step.outputs().stream()
            .filter(output -> graph.tensor(output).type() == TensorType.FLOAT32)
            .forEach(wanted::set);
      }
    }
  }

  private void step(Emitter emit, ForwardStep step) {
    boolean matters =
        !step.stopsGradient()
            && step.outputs().stream().anyMatch(known::containsKey)
            && step.inputs().stream().anyMatch(i -> i >= 0 && wanted.get(i));
    if (matters) {
      step.differentiate(emit, this);
    }
  }

  /** Whether a variable has an influence on the tensor. */
  public boolean wants(int tensor) {
    return wanted.get(tensor);
  }

  /** The gradient of a tensor, or null when the loss does not depend on it. */
  public @Nullable Integer of(int tensor) {
    return known.get(tensor);
  }

  /** Adds to the gradient of a tensor. */
  public void add(Emitter emit, int tensor, int gradient) {
    if (!emit.shape(gradient).equals(emit.shape(tensor))) {
      throw new IllegalStateException(
          "the gradient of '"
              + emit.tensor(tensor).name()
              + "' has the shape "
              + emit.shape(gradient)
              + ", not "
              + emit.shape(tensor));
    }
    known.merge(tensor, gradient, emit::add);
  }
}
