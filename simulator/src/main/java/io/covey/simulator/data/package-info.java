/**
 * Real examples for simulated fleets: the UCI handwritten digits, what is held out of them, and how
 * the rest is divided among agents.
 */
@NullMarked
package io.covey.simulator.data;

import org.jspecify.annotations.NullMarked;
