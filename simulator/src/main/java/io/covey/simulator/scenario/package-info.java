/** What a simulation is about, read from a YAML file and checked whole before anything runs. */
@NullMarked
package io.covey.simulator.scenario;

import org.jspecify.annotations.NullMarked;
