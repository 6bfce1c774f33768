/** Local optimizers as graphs: what a step does to the variables. */
@NullMarked
package io.covey.models.training.optimizer;

import org.jspecify.annotations.NullMarked;
