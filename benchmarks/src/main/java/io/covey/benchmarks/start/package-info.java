/**
 * How long an agent takes from its start to its first answer, with what it already holds and no
 * network: the real program, in processes of its own.
 */
@NullMarked
package io.covey.benchmarks.start;

import org.jspecify.annotations.NullMarked;
