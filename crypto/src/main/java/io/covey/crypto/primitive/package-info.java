/**
 * Vetted cryptographic primitives behind interfaces that state what they promise. Nothing here is
 * an own construction: the algorithms come from the JDK.
 */
@NullMarked
package io.covey.crypto.primitive;

import org.jspecify.annotations.NullMarked;
