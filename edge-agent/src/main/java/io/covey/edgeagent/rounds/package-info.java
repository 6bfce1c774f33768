/**
 * An agent's part in the sessions of secure aggregation of its rounds: the shell around the phases
 * of {@code crypto.secagg.client}, and what outlives a round, which sessions were decided.
 */
@NullMarked
package io.covey.edgeagent.rounds;

import org.jspecify.annotations.NullMarked;
