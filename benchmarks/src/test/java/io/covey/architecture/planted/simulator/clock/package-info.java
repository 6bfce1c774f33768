/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.simulator.clock;

import org.jspecify.annotations.NullMarked;
