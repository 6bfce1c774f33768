/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.coordinator.registry;

import org.jspecify.annotations.NullMarked;
