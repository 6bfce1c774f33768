/**
 * Operators as their definitions have them, in float64 and without regard to speed: what derived
 * gradients are compared with.
 */
@NullMarked
package io.covey.models.training.interpreter;

import org.jspecify.annotations.NullMarked;
