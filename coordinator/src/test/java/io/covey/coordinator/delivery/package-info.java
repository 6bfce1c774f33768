@NullMarked
package io.covey.coordinator.delivery;

import org.jspecify.annotations.NullMarked;
