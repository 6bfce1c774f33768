package io.covey.architecture.planted.simulator.clock;

/** What production code must not see. */
public final class VirtualTime {}
