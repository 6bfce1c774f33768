package io.covey.architecture.planted.misc;

/** Planted: a name that says nothing. */
public final class RoundManager {}
