/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.coordinator.http;

import org.jspecify.annotations.NullMarked;
