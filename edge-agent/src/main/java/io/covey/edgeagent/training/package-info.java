/**
 * Local training: from a base version and the agent's own examples to a delta and what goes with
 * it.
 *
 * <table>
 * <caption>Symbols (McMahan et al., AISTATS 2017; Li et al., MLSys 2020)</caption>
 * <tr><th>symbol</th><th>name</th></tr>
 * <tr><td>w_0</td><td>base: the parameters of the round's base version</td></tr>
 * <tr><td>w_t</td><td>parameters after t steps</td></tr>
 * <tr><td>w' - w_t</td><td>what one step of the model's own {@code train} signature adds</td></tr>
 * <tr><td>mu</td><td>proximal mu: weight of FedProx's term {@code mu/2 * |w - w_0|^2}</td></tr>
 * <tr><td>w_T - w_0</td><td>delta: the update before it is clipped</td></tr>
 * </table>
 */
@NullMarked
package io.covey.edgeagent.training;

import org.jspecify.annotations.NullMarked;
