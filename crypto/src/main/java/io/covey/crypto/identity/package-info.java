/**
 * Who is who in a fleet. An authority, held apart from the coordinator, signs one certificate for
 * each agent, so that no coordinator can play a participant of its own making: the public key
 * infrastructure that secure aggregation against an active coordinator presupposes (Bonawitz et
 * al., CCS 2017, section 6).
 *
 * <table>
 * <caption>Who holds what</caption>
 * <tr><th>file</th><th>holds</th><th>is needed by</th></tr>
 * <tr><td>{@code authority.key}</td><td>the authority's private key</td><td>whoever enrols agents,
 * and nobody else</td></tr>
 * <tr><td>{@code authority.pub}</td><td>both public keys</td><td>the coordinator, and whoever
 * enrols agents</td></tr>
 * <tr><td>{@code coordinator.key}</td><td>the private key that signs session offers</td><td>the
 * coordinator</td></tr>
 * <tr><td>{@code AGENT.identity}</td><td>an agent's private keys, its certificate and both public
 * keys</td><td>that agent</td></tr>
 * </table>
 *
 * <p>Everything but {@link io.covey.crypto.identity.IdentityFiles} is pure: time and randomness are
 * arguments.
 */
@NullMarked
package io.covey.crypto.identity;

import org.jspecify.annotations.NullMarked;
