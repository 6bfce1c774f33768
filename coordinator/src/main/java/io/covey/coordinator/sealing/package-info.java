/**
 * Models as they travel: sealed with content keys that are wrapped for the fleet, whose own key is
 * wrapped for each of its members.
 */
@NullMarked
package io.covey.coordinator.sealing;

import org.jspecify.annotations.NullMarked;
