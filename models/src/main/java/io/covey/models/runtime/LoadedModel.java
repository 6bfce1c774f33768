package io.covey.models.runtime;

import io.covey.models.data.Preprocessing;
import io.covey.models.graph.ModelException;
import java.util.List;
import java.util.Optional;

/**
 * A model in memory, shared by its sessions.
 *
 * <p>Thread rule: safe for use by any number of threads. Closing it lets go of the model once its
 * last session is closed, and refuses new sessions at once.
 */
public interface LoadedModel extends AutoCloseable {

  /** The model's entry points, in the order of their names. */
  List<Signature> signatures();

  /**
   * The entry point that {@link #openInference()} runs: {@code infer}, else {@code
   * serving_default}, else the only one.
   */
  Signature inferenceSignature();

  /** Where the parameters lie in the flat vector; empty for a model that cannot be trained. */
  Optional<ParameterLayout> parameterLayout();

  /** Whether {@link #openTraining()} works. */
  boolean isTrainable();

  /**
   * Whether sessions begin with the file's own values; otherwise {@code restore} must come first.
   * True without variables.
   */
  boolean isInitialised();

  /** What is to be done to examples before the model sees them, as its file says. */
  default Preprocessing preprocessing() {
    return Preprocessing.IDENTITY;
  }

  /** The size of the file in bytes, which is also the native memory that all sessions share. */
  long sizeBytes();

  /**
   * Opens a session on {@link #inferenceSignature()}.
   *
   * @throws ModelException when the model is closed, or the native runtime cannot prepare it
   */
  InferenceSession openInference();

  /**
   * Opens a session on a signature.
   *
   * @throws ModelException also when there is no such signature
   */
  InferenceSession openInference(String signature);

  /**
   * Opens a session that trains.
   *
   * @throws ModelException also when the model cannot be trained
   */
  TrainingSession openTraining();

  /** Lets go of the model; sessions that are open go on working. Closing again does nothing. */
  @Override
  void close();
}
