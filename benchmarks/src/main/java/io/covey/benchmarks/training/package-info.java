/** What a training step of a derived model takes. */
@NullMarked
package io.covey.benchmarks.training;

import org.jspecify.annotations.NullMarked;
