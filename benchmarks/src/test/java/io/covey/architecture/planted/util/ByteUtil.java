package io.covey.architecture.planted.util;

/** Planted: a name that says nothing. */
public final class ByteUtil {}
