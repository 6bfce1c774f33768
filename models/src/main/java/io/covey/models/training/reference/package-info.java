/** Compares derived gradients with those that another framework computed for the same model. */
@NullMarked
package io.covey.models.training.reference;

import org.jspecify.annotations.NullMarked;
