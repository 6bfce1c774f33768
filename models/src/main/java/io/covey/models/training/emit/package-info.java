/** Writes operators into a graph, with the shapes and types that they give. */
@NullMarked
package io.covey.models.training.emit;

import org.jspecify.annotations.NullMarked;
