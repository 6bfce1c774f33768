package io.covey.models.training.loss;

/** How {@code y} says what is right. */
public enum LabelForm {
  /** FLOAT32, one value for each of the output's; a row of one class is 1 there, else 0. */
  DENSE,
  /** INT32, the number of the class; -1 is padding. Of {@link Loss#SOFTMAX_CROSS_ENTROPY} only. */
  SPARSE
}
