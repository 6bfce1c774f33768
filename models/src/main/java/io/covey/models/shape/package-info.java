/**
 * Works out the shape of every tensor of a graph, and the small lists of numbers from which shapes
 * come, without running anything: one entry for each operator, in one table.
 */
@NullMarked
package io.covey.models.shape;

import org.jspecify.annotations.NullMarked;
