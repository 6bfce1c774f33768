package io.covey.architecture.planted.common;

/** Planted: a name that says nothing. */
public final class TransportImpl {}
