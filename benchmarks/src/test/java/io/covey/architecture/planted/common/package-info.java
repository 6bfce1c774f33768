/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.common;

import org.jspecify.annotations.NullMarked;
