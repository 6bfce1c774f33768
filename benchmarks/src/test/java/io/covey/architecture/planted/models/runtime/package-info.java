/** Planted for the tests of the architecture. */
@NullMarked
package io.covey.architecture.planted.models.runtime;

import org.jspecify.annotations.NullMarked;
