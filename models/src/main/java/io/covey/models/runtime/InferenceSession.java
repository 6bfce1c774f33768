package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Runs one signature of a model, with memory of its own for activations and variables.
 *
 * <p>Thread rule: one thread at a time, any thread. Use by two at once is refused with {@link
 * ModelException.Reason#CONCURRENT_USE}. Closing is safe from any thread: a running call ends
 * first, and releases the memory.
 */
public interface InferenceSession extends AutoCloseable {

  /** What this session takes and gives. */
  Signature signature();

  /**
   * Runs the model on whole tensors of any type.
   *
   * @param inputs one for each input of the signature, by name; dimensions of any size may differ
   *     from call to call
   * @return the outputs by name, copied, with the shapes that they came out in
   * @throws ModelException when an input is missing, unknown, or of the wrong type or shape, or the
   *     model fails
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs);

  /**
   * Runs a model with one float32 input and one float32 output without allocating.
   *
   * @param input {@code batch} examples, one after the other; the buffer's remaining floats, no
   *     more and no fewer
   * @param batch the number of examples, at least 1
   * @param output takes the results at its position, which moves behind them
   * @return the number of floats written
   * @throws ModelException when a length does not fit, the model has other inputs or outputs, or it
   *     fails
   */
  int infer(FloatBuffer input, int batch, FloatBuffer output);

  /**
   * As {@link #infer(FloatBuffer, int, FloatBuffer)}, with arrays: all of {@code input}, and the
   * beginning of {@code output}.
   */
  default int infer(float[] input, int batch, float[] output) {
    return infer(FloatBuffer.wrap(input), batch, FloatBuffer.wrap(output));
  }

  /**
   * Serves with these parameters from now on.
   *
   * @param parameters in the model's {@link ParameterLayout}
   * @throws ModelException when the model has no parameters to restore or the length differs
   */
  void restore(float[] parameters);

  /** Releases the session's memory. Closing again does nothing. */
  @Override
  void close();
}
