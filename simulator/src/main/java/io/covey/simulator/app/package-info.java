/** The commands {@code covey demo} and {@code covey sim}. */
@NullMarked
package io.covey.simulator.app;

import org.jspecify.annotations.NullMarked;
