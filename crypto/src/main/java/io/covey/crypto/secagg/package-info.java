/**
 * Secure aggregation after Bell et al., CCS 2020, with the checks against an active coordinator of
 * Bonawitz et al., CCS 2017: a coordinator learns the sum over a cohort's survivors and nothing
 * else. Here are its parameters, messages, secret sharing and masks; {@code .client} and {@code
 * .server} hold the phases of either side. First its arithmetic: small values packed into lanes of
 * 64-bit words, and vectors of such words added modulo 2^64. Everything here is pure: no input or
 * output, no clock, no randomness, no threads of its own.
 *
 * <table>
 * <caption>Symbols, as in Bonawitz et al., CCS 2017, and Bell et al., CCS 2020, where they have
 * one</caption>
 * <tr><th>symbol</th><th>name here</th><th>meaning</th></tr>
 * <tr><td>d</td><td>{@code entries}</td><td>entries of the vector that is summed</td></tr>
 * <tr><td>b</td><td>{@code valueBits}</td><td>each participant's entry is in 0..2^b-1</td></tr>
 * <tr><td>B</td><td>{@code laneBits}</td><td>a sum's entry is in 0..2^B-1</td></tr>
 * <tr><td>L</td><td>{@code lanesPerWord}</td><td>floor(64/B)</td></tr>
 * <tr><td>m</td><td>{@code words}</td><td>ceil(d/L)</td></tr>
 * <tr><td>n</td><td>{@code participants}, {@code cohort}</td><td>how many vectors are in the
 * sum</td></tr>
 * <tr><td>k</td><td>{@code neighbours}</td><td>others that each participant shares masks and secrets
 * with</td></tr>
 * <tr><td>t</td><td>{@code threshold}</td><td>neighbours whose shares open a secret</td></tr>
 * <tr><td>sigma, eta</td><td>{@code privacyBits}, {@code correctnessBits}</td><td>minus the binary
 * logarithms of the chances of failure</td></tr>
 * <tr><td>sid</td><td>{@code session}</td><td>SHA-256 of the descriptor</td></tr>
 * <tr><td>b_u</td><td>{@code selfMaskSecret}</td><td>opened for a participant that
 * survives</td></tr>
 * <tr><td>s_u^SK</td><td>{@code maskKey}</td><td>opened for a participant that drops out</td></tr>
 * <tr><td>c_u^SK</td><td>{@code channelKey}</td><td>seals shares, never opened</td></tr>
 * </table>
 *
 * <p>Entry {@code e} is in word {@code e / L}, in the bits from {@code (e mod L)*B} up; all other
 * bits are zero. As long as {@code n*(2^b-1) < 2^B}, no sum leaves its lane, so adding whole words
 * adds every lane, and a uniform word added modulo 2^64 hides all lanes of a word at once and
 * disappears when it is subtracted. For b = 12 and n up to 512, B is 21 and L is 3: 2.67 bytes an
 * entry, 0.67 of a float32.
 *
 * <p>Threat model. The coordinator may lie, drop, replay and invent messages, and up to the assumed
 * fraction of participants help it. What keeps it from a single update: identities are enrolled and
 * come from a directory that is not the coordinator's; what others rely on is signed for one
 * session; sid and the roster's root go into every key; a participant computes k and t anew from
 * the session's assumptions and refuses what is below them or below its own minima; it confirms one
 * survivor set, which must name exactly those whose shares it was given, releases one share of each
 * neighbour once t neighbours confirmed the same set, and does so once for a session, for ever.
 * With t above (neighbours + corrupt neighbours) / 2, both secrets of nobody can open, since one
 * honest participant would have to answer twice. Not promised: that a round succeeds (anybody may
 * stay silent), that the sum is right when participants lie about their own updates, or that a sum
 * hides an update from those who know all the others; the last is what noise is for. The whole
 * argument is in docs/secure-aggregation.md.
 */
@NullMarked
package io.covey.crypto.secagg;

import org.jspecify.annotations.NullMarked;
