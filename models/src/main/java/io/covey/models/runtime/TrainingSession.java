package io.covey.models.runtime;

import io.covey.models.graph.ModelException;

/**
 * Trains a model that brings its own backward pass. Begins with the file's own values, or, where
 * the file has none ({@link LoadedModel#isInitialised()}), with what {@link #restore} puts in
 * first.
 *
 * <p>Thread rule: one thread at a time, any thread. Use by two at once is refused with {@link
 * ModelException.Reason#CONCURRENT_USE}. Closing is safe from any thread: a running call ends
 * first, and releases the memory.
 */
public interface TrainingSession extends AutoCloseable {

  /** Where the parameters lie in the flat vector. */
  ParameterLayout layout();

  /**
   * Whether {@link #train} heeds its learning rate. A model without that input has one built in,
   * and is handed none.
   */
  boolean takesLearningRate();

  /** Whether {@link Hyperparameters#weightDecay} may be other than 0. */
  default boolean takesWeightDecay() {
    return false;
  }

  /** Whether {@link Hyperparameters#clipNorm} may be smaller than no clipping. */
  default boolean takesClipNorm() {
    return false;
  }

  /** Whether {@link Hyperparameters#proximal} may be other than 0. */
  default boolean takesProximal() {
    return false;
  }

  /** The input of {@code train} that takes examples; the first dimension is the batch. */
  TensorSpec exampleInput();

  /** The input of {@code train} that takes what is right about them. */
  TensorSpec labelInput();

  /** Whether the model has the signature that {@link #evaluate} runs. */
  boolean canEvaluate();

  /**
   * Takes one step of gradient descent.
   *
   * @param x {@code batch} examples, one after the other
   * @param y their labels, one after the other, as the model's label input has them (such as
   *     one-hot rows)
   * @param batch the number of examples, at least 1
   * @param learningRate positive and finite; see {@link #takesLearningRate()}
   * @return the loss before the step
   * @throws ModelException when a length does not fit, nothing was restored yet, or the model fails
   */
  default float train(float[] x, float[] y, int batch, float learningRate) {
    return train(x, y, batch, Hyperparameters.of(learningRate));
  }

  /**
   * As {@link #train(float[], float[], int, float)}, with further terms in the step.
   *
   * @throws ModelException as there, and when the model does not take a term that is not off
   */
  float train(float[] x, float[] y, int batch, Hyperparameters hyperparameters);

  /**
   * As {@link #train(float[], float[], int, float)} with one label an example: for integer label
   * inputs as they are, for one-hot rows as the column that is 1, where -1 makes a row of zeros,
   * which is padding.
   */
  default float train(float[] x, int[] labels, int batch, float learningRate) {
    return train(x, labels, batch, Hyperparameters.of(learningRate));
  }

  /**
   * As {@link #train(float[], int[], int, float)}, with further terms in the step.
   *
   * @throws ModelException as there, and when the model does not take a term that is not off
   */
  float train(float[] x, int[] labels, int batch, Hyperparameters hyperparameters);

  /**
   * Measures the model on a batch, without training.
   *
   * @throws ModelException as {@link #train(float[], float[], int, float)}, and when the model
   *     cannot {@link #canEvaluate()}
   */
  Evaluation evaluate(float[] x, float[] y, int batch);

  /** As {@link #evaluate(float[], float[], int)} with one label an example. */
  Evaluation evaluate(float[] x, int[] labels, int batch);

  /**
   * Copies the parameters out.
   *
   * @param into as long as the layout
   */
  void readParameters(float[] into);

  /**
   * Puts parameters in.
   *
   * @param from as long as the layout
   */
  void restore(float[] from);

  /** Releases the session's memory. Closing again does nothing. */
  @Override
  void close();
}
