/**
 * What happens to an update between training and its addition to others: clipping, fixed point,
 * lanes; and the way back from the sum of a cohort's updates to their weighted mean.
 *
 * <table>
 * <caption>Symbols</caption>
 * <tr><th>symbol</th><th>name here</th><th>meaning</th></tr>
 * <tr><td>d</td><td>{@code parameterCount}</td><td>trainable values of the model</td></tr>
 * <tr><td>C</td><td>{@code clipNorm}</td><td>L2 bound of a participant's delta</td></tr>
 * <tr><td>b</td><td>{@code valueBits}</td><td>bits of one entry</td></tr>
 * <tr><td>B</td><td>{@code laneBits}</td><td>bits of the lane that holds a sum</td></tr>
 * <tr><td>W</td><td>{@code maximumWeight}</td><td>examples beyond it add no weight; below
 * 2^b</td></tr>
 * <tr><td>M</td><td>{@code maximumLoss}</td><td>bound of the mean loss of an example</td></tr>
 * <tr><td>n</td><td>{@code participants}</td><td>updates in the sum</td></tr>
 * <tr><td>x</td><td>{@code delta}</td><td>trained minus base values, d floats</td></tr>
 * <tr><td>w</td><td>{@code weight}</td><td>min(examples, W), at least 1</td></tr>
 * <tr><td>o</td><td>{@code offset}</td><td>2^(b-1), the level of zero</td></tr>
 * <tr><td>s</td><td>{@code step}</td><td>C / (2^(b-1)-1), the distance of two levels</td></tr>
 * <tr><td>R</td><td></td><td>stochastic rounding: down to the integer below or up to the next, so
 * that the expectation is the argument</td></tr>
 * </table>
 *
 * <p>One participant's vector has d + 3 entries, each an integer from 0 to 2^b-1:
 *
 * <ol>
 *   <li>entry j, for j below d: {@code o + R(clipped(x)[j] * w/W / s)}, where {@code clipped(x) = x
 *       * min(1, C/|x|)}. It lies in 1..2^b-1, and zero is a level, so that what did not change
 *       carries no rounding noise;
 *   <li>entry d, the weight: w, exactly;
 *   <li>entry d+1, the loss: {@code R(min(lossSum/examples, M) * w/W * (2^b-1)/M)}. A loss is never
 *       negative, so it has no offset;
 *   <li>entry d+2, the correct: {@code R(correct * w/examples)}, at most w.
 * </ol>
 *
 * <p>The entries are packed as {@link io.covey.crypto.secagg} says and travel as little-endian
 * words. From the sum S of n such vectors, in exact integers up to the last multiplication:
 *
 * <ul>
 *   <li>mean delta: {@code (S[j] - n*o) * s*W / S[d]}, which is {@code sum(w*clipped(x)) / sum(w)}
 *       with an error below {@code n*s*W / S[d]}, of expectation zero (but for 2^-27 of that) and
 *       variance of at most {@code n * (s*W / S[d])^2 / 4};
 *   <li>mean loss: {@code S[d+1] * M*W / ((2^b-1) * S[d])};
 *   <li>accuracy: {@code S[d+2] / S[d]}.
 * </ul>
 *
 * <p>Choose W near what participants have: the rounding error of the mean grows with W over the
 * mean weight.
 *
 * <h2>With privacy terms</h2>
 *
 * <p>The distributed discrete Gaussian mechanism (Kairouz, Liu and Steinke, ICML 2021), computed in
 * {@link io.covey.crypto.privacy.DistributedGaussian} and enforced by each participant.
 *
 * <table>
 * <caption>More symbols</caption>
 * <tr><th>symbol</th><th>name here</th><th>meaning</th></tr>
 * <tr><td>gamma</td><td>{@code step}</td><td>C / clipSteps, the distance of two levels; lengths
 * below are in steps</td></tr>
 * <tr><td>D</td><td>{@code entries}</td><td>entries of the whole vector; d, or the next power of
 * two after a rotation, and 3</td></tr>
 * <tr><td>c</td><td>{@code clippedNorm}</td><td>L2 bound before rounding, metrics included</td></tr>
 * <tr><td>Delta</td><td>{@code squaredNormBound}</td><td>L2 sensitivity: the bound after
 * rounding</td></tr>
 * <tr><td>sigma</td><td>{@code noiseDeviationSteps}</td><td>deviation of one participant's noise in
 * each entry</td></tr>
 * <tr><td>n_min</td><td>{@code minimumHonest}</td><td>participants whose noise is counted</td></tr>
 * <tr><td>z</td><td>{@code noiseMultiplier}</td><td>sigma * sqrt(n_min) / Delta, less what tau
 * costs</td></tr>
 * <tr><td>tau</td><td>{@code tau}</td><td>what a sum of discrete Gaussians differs from
 * one</td></tr>
 * </table>
 *
 * <p>Every participant weighs 1. Entry j of the parameters is {@code o + R(y[j]) + noise}, where y
 * is clipped(x) in steps, rotated if the terms say so, and R is repeated until the vector is no
 * longer than Delta. Behind the parameters stand loss, accuracy and whether |x| was at most C, each
 * a share v of its range, as {@code o + R(2*m*v) - m + noise} with m = floor(clipSteps/8): so v =
 * 1/2 is zero, and all three together lengthen a vector of length C by at most 2.4 %. The noise is
 * cut at a limit that it exceeds with probability 2^-96 in a round, and clipped entries where room
 * for it ends.
 */
@NullMarked
package io.covey.crypto.privacy;

import org.jspecify.annotations.NullMarked;
