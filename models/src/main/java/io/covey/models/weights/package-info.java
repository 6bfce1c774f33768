/**
 * Weights on their way to devices: as codes of four, two or one byte, whole or as the difference to
 * codes that the device has.
 *
 * <table>
 * <caption>Symbols</caption>
 * <tr><th>symbol</th><th>name</th></tr>
 * <tr><td>m</td><td>master: the float32 value that the coordinator trains</td></tr>
 * <tr><td>q</td><td>code: what travels</td></tr>
 * <tr><td>s</td><td>scale: what one step of a one-byte code is worth, one for each tensor</td></tr>
 * <tr><td>p</td><td>published value: what the code says, and what devices train from</td></tr>
 * </table>
 *
 * <p>A version's published values are {@code p = Q(m)}, the point of the grid that is nearest to
 * its master. Rounding does not add up from version to version, since the master is never rounded:
 * it is error feedback (Seide et al., Interspeech 2014) with the whole error kept where the values
 * are made. Both forms of a version, whole and difference, say the same codes, so that every device
 * trains from the same values whichever it fetched. Pure: no clocks, threads or randomness.
 */
@NullMarked
package io.covey.models.weights;

import org.jspecify.annotations.NullMarked;
