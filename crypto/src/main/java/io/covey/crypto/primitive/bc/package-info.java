/**
 * The elliptic curve primitives and X-Wing, by Bouncy Castle, which is used nowhere else: X25519
 * takes 82 us there and 145 us in the JDK, Ed25519 32 us to sign and 72 us to verify instead of 600
 * us, and the JDK has ML-KEM from 24 on only. Its low-level functions are called directly, without
 * registering a security provider.
 */
@NullMarked
package io.covey.crypto.primitive.bc;

import org.jspecify.annotations.NullMarked;
