package io.covey.architecture.planted.helper;

/** Planted: a name that says nothing. */
public final class RoundHelper {}
