/**
 * What rounds cost in privacy, and how much noise a budget asks for.
 *
 * <table>
 * <caption>Symbols</caption>
 * <tr><th>symbol</th><th>name here</th><th>meaning</th></tr>
 * <tr><td>alpha</td><td>{@code order}</td><td>order of a Renyi divergence</td></tr>
 * <tr><td>z</td><td>{@code noiseMultiplier}</td><td>deviation of the noise in a sum over its L2
 * sensitivity</td></tr>
 * <tr><td>q</td><td>{@code samplingRate}</td><td>probability that a participant is in a
 * cohort</td></tr>
 * <tr><td>epsilon, delta</td><td></td><td>the promise: whatever is seen, {@code P(seen with somebody)
 * <= e^epsilon * P(seen without) + delta}, and the other way round</td></tr>
 * </table>
 *
 * <p>"Without somebody" means that this participant sends zeros, and its share of the noise, in
 * every round: the unit of privacy is all that one device ever contributes.
 *
 * <p>Everything here is a pure value; any thread may use it.
 */
@NullMarked
package io.covey.crypto.privacy.accounting;

import org.jspecify.annotations.NullMarked;
