/** Time and chance of a simulation. */
@NullMarked
package io.covey.simulator.clock;

import org.jspecify.annotations.NullMarked;
