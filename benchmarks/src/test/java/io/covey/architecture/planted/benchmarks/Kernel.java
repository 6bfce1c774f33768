package io.covey.architecture.planted.benchmarks;

/** What production code must not see. */
public final class Kernel {}
