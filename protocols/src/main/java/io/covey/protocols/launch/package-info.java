/**
 * The one {@code covey} program: finds the commands on the class path, sets up logging, and turns
 * every failure into a line that says what to do.
 *
 * <p>A module adds a command by implementing {@link io.covey.protocols.launch.CoveyCommand} with a
 * picocli {@code @Command} annotation and naming the class in {@code
 * META-INF/services/io.covey.protocols.launch.CoveyCommand}.
 */
@NullMarked
package io.covey.protocols.launch;

import org.jspecify.annotations.NullMarked;
