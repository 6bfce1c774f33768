/**
 * Holds the code to its architecture. The rules are plain methods over a root package, so that the
 * same rules are run on production code, which must pass, and on the planted violations below
 * {@link io.covey.architecture.planted}, which must fail.
 */
@NullMarked
package io.covey.architecture;

import org.jspecify.annotations.NullMarked;
