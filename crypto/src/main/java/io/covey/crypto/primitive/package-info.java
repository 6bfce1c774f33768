/**
 * Vetted cryptographic primitives behind interfaces that state what they promise. Nothing here is
 * an own construction: curves and key encapsulation come from Bouncy Castle ({@code primitive.bc}),
 * everything else from the JDK.
 *
 * <table>
 * <caption>What is used for what</caption>
 * <tr><th>interface</th><th>algorithm</th><th>source</th></tr>
 * <tr><td>{@code KeyAgreement}</td><td>X25519</td><td>RFC 7748</td></tr>
 * <tr><td>{@code Signer}</td><td>Ed25519</td><td>RFC 8032</td></tr>
 * <tr><td>{@code Kem}</td><td>X-Wing: X25519 and ML-KEM-768</td>
 * <td>draft-connolly-cfrg-xwing-kem; FIPS 203</td></tr>
 * <tr><td>{@code Hpke}</td><td>base mode with X-Wing, HKDF-SHA-256, AES-256-GCM</td>
 * <td>RFC 9180</td></tr>
 * <tr><td>{@code Hkdf}</td><td>HKDF with HMAC-SHA-256</td><td>RFC 5869</td></tr>
 * <tr><td>{@code Aead}</td><td>AES-256-GCM</td><td>NIST SP 800-38D</td></tr>
 * <tr><td>{@code Prg}</td><td>AES-128 in counter mode</td><td>NIST SP 800-38A</td></tr>
 * </table>
 *
 * <p>Secrets are {@code SecretBytes}, everything public is {@code Octets}. No primitive draws
 * randomness but {@code AesCtrRandomWords.fromSystemRandomness}: keys and nonces are arguments.
 */
@NullMarked
package io.covey.crypto.primitive;

import org.jspecify.annotations.NullMarked;
