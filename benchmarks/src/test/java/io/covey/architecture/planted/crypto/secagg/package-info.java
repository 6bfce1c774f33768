/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.crypto.secagg;

import org.jspecify.annotations.NullMarked;
