/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.misc;

import org.jspecify.annotations.NullMarked;
