/** Tests of deriving trainable graphs. */
@NullMarked
package io.covey.models.training.reference;

import org.jspecify.annotations.NullMarked;
