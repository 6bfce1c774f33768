/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.coordinator.mqtt;

import org.jspecify.annotations.NullMarked;
