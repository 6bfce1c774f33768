/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.helper;

import org.jspecify.annotations.NullMarked;
