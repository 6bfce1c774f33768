/**
 * JMH benchmarks of what is run often or on much data, and {@code covey bench}, which runs one of
 * them and says what came out. No build runs them.
 */
@NullMarked
package io.covey.benchmarks;

import org.jspecify.annotations.NullMarked;
