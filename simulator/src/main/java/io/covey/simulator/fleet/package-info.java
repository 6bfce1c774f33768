/**
 * A whole fleet in one process under virtual time: the coordinator and the agents that also run in
 * earnest, on simulated devices that crash, lose their network and come back.
 */
@NullMarked
package io.covey.simulator.fleet;

import org.jspecify.annotations.NullMarked;
