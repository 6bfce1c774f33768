/** The agents: who is there, what they should run and what they do run. */
@NullMarked
package io.covey.coordinator.fleet;

import org.jspecify.annotations.NullMarked;
