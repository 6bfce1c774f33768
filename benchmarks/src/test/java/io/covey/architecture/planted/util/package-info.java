/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.util;

import org.jspecify.annotations.NullMarked;
