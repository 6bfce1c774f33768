package io.covey.models.training.loss;

/** What training makes small. */
public enum Loss {
  /**
   * Cross entropy of one class among several, for a graph that ends in logits or in SOFTMAX: {@code
   * -sum(y * log softmax(z))}, the mean over examples.
   */
  SOFTMAX_CROSS_ENTROPY,
  /**
   * Cross entropy of classes that do not exclude each other, for a graph that ends in logits or in
   * LOGISTIC: the mean over examples and classes.
   */
  SIGMOID_CROSS_ENTROPY,
  /** The mean of the squared errors over examples and values. */
  MEAN_SQUARED_ERROR,
  /**
   * Half the squared error up to 1, linear beyond (Huber, "Robust Estimation of a Location
   * Parameter", 1964): the mean over examples and values.
   */
  HUBER
}
