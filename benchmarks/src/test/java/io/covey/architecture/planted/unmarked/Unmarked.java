package io.covey.architecture.planted.unmarked;

/** Planted: lies in a package without {@code @NullMarked}. */
public final class Unmarked {}
