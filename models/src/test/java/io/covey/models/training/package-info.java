/** Tests of deriving trainable graphs. */
@NullMarked
package io.covey.models.training;

import org.jspecify.annotations.NullMarked;
