/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.benchmarks;

import org.jspecify.annotations.NullMarked;
