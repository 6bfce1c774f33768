/** Tests of losses. */
@NullMarked
package io.covey.models.training.loss;

import org.jspecify.annotations.NullMarked;
