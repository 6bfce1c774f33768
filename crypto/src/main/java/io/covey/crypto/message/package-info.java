/**
 * Signed messages: everything that coordinator and agents say to each other is signed by its
 * sender's identity, so that a broker that alters, redirects, repeats, delays past expiry or
 * invents messages is found out. Pure: time is an argument.
 *
 * <table>
 * <caption>What is signed</caption>
 * <tr><th>field</th><th>against</th></tr>
 * <tr><td>format, fleet</td><td>reading it as something else, elsewhere</td></tr>
 * <tr><td>topic, sender, recipient</td><td>redirection</td></tr>
 * <tr><td>session: the agent's run, both ways</td><td>repetition to a later run of the agent</td></tr>
 * <tr><td>run: when the coordinator started</td><td>repetition of an earlier coordinator</td></tr>
 * <tr><td>greeting: a number that the coordinator gives each session, and the agent repeats</td>
 * <td>repetition to a later run of the coordinator, and of an earlier run of the agent</td></tr>
 * <tr><td>sequence</td><td>repetition within a run: a sliding window (RFC 4303, section 3.4.3)</td>
 * </tr>
 * <tr><td>times of issue and expiry</td><td>delay; a wrong clock shows</td></tr>
 * <tr><td>certificate of an agent, SHA-256 of the body</td><td>alteration</td></tr>
 * </table>
 *
 * <p>What the coordinator says to everybody has no session and no window: it is named by its
 * content, or carries its own order.
 */
@NullMarked
package io.covey.crypto.message;

import org.jspecify.annotations.NullMarked;
