/** Tests of local optimizers. */
@NullMarked
package io.covey.models.training.optimizer;

import org.jspecify.annotations.NullMarked;
