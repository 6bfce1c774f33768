/** Wires the coordinator: Vert.x, broker, database, admin API; and the command that runs it. */
@NullMarked
package io.covey.coordinator.app;

import org.jspecify.annotations.NullMarked;
