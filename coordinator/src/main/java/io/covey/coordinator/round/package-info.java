/** The federated round as a pure state machine, and the arithmetic around it. */
@NullMarked
package io.covey.coordinator.round;

import org.jspecify.annotations.NullMarked;
