/**
 * What secure aggregation costs: {@code covey bench secagg} runs whole sessions in memory through
 * the phases of {@code io.covey.crypto.secagg}, every participant and the coordinator, and takes
 * the CPU time of each step. Nothing is left out but the network: keys, signatures, shares, masks,
 * digests, the consistency check and unmasking are those of a real session.
 */
@NullMarked
package io.covey.benchmarks.secagg;

import org.jspecify.annotations.NullMarked;
