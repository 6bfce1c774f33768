/**
 * What an agent decides, without doing it: which versions it serves ({@link
 * io.covey.edgeagent.session.Twin}) and which rounds it takes part in ({@link
 * io.covey.edgeagent.session.Participation}).
 *
 * <p>Both are values. An event makes the next value and a list of effects; the shell in {@code
 * edgeagent.app} stores the one and carries out the other. Nothing here knows of time, threads,
 * files, sockets, loggers or randomness.
 */
@NullMarked
package io.covey.edgeagent.session;

import org.jspecify.annotations.NullMarked;
