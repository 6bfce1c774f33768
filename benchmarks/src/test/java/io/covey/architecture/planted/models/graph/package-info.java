/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.models.graph;

import org.jspecify.annotations.NullMarked;
