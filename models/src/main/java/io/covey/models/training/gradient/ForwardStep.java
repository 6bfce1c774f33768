package io.covey.models.training.gradient;

import io.covey.models.training.emit.Emitter;
import java.util.List;

/** A part of the forward pass that is differentiated as a whole: an operator, or several. */
public interface ForwardStep {

  /** The tensors that it took; {@code -1} for an optional one left out. */
  List<Integer> inputs();

  /** The tensors that it gave. */
  List<Integer> outputs();

  /** Whether nothing that it gives changes smoothly with what it takes. */
  boolean stopsGradient();

  /**
   * Writes what adds to the gradients of its inputs, from those of its outputs.
   *
   * @throws UnsupportedGradientException when that is not known
   */
  void differentiate(Emitter emit, Gradients gradients);
}
