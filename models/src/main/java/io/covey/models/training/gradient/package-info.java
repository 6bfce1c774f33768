/** The rules of differentiation: one entry for each operator, in one table. */
@NullMarked
package io.covey.models.training.gradient;

import org.jspecify.annotations.NullMarked;
