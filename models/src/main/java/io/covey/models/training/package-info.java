/**
 * Makes plain inference graphs trainable on the device, with builtin operators only.
 *
 * <p>{@link io.covey.models.training.Differentiator} rewrites a graph by reverse-mode
 * differentiation (Griewank and Walther, "Evaluating Derivatives", chapter 3): weights become
 * variables, and behind the forward operators stand the loss, the backward operators in reverse
 * order, and the local optimizer's step. Each operator's rule is an entry of {@link
 * io.covey.models.training.gradient.GradientTable}; {@link io.covey.models.training.emit.Emitter}
 * writes operators with the shapes they give.
 */
@NullMarked
package io.covey.models.training;

import org.jspecify.annotations.NullMarked;
