/**
 * What it costs to bring a file to many agents: a broker and a publisher in a process of their own,
 * agents with real connections in this one, and a proxy between them that counts, loses and cuts.
 */
@NullMarked
package io.covey.benchmarks.delivery;

import org.jspecify.annotations.NullMarked;
