/**
 * The main job on one machine: a coordinator with its broker, agents with real data, federated
 * rounds, and what came of it.
 */
@NullMarked
package io.covey.simulator.demo;

import org.jspecify.annotations.NullMarked;
