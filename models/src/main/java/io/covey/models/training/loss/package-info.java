/** Loss functions as graphs: their value, their gradient, and what is measured with them. */
@NullMarked
package io.covey.models.training.loss;

import org.jspecify.annotations.NullMarked;
