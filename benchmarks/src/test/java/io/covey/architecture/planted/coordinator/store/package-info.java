/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.coordinator.store;

import org.jspecify.annotations.NullMarked;
