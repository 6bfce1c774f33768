/**
 * The arithmetic of secure aggregation: small values packed into lanes of 64-bit words, and vectors
 * of such words added modulo 2^64. Everything here is pure: no input or output, no clock, no
 * randomness, no threads of its own.
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
 * <tr><td>n</td><td>{@code participants}</td><td>how many vectors are in the sum</td></tr>
 * </table>
 *
 * <p>Entry {@code e} is in word {@code e / L}, in the bits from {@code (e mod L)*B} up; all other
 * bits are zero. As long as {@code n*(2^b-1) < 2^B}, no sum leaves its lane, so adding whole words
 * adds every lane, and a uniform word added modulo 2^64 hides all lanes of a word at once and
 * disappears when it is subtracted. For b = 12 and n up to 512, B is 21 and L is 3: 2.67 bytes an
 * entry, 0.67 of a float32.
 */
@NullMarked
package io.covey.crypto.secagg;

import org.jspecify.annotations.NullMarked;
