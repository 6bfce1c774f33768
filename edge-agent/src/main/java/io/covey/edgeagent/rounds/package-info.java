/**
 * What an agent keeps of the rounds that it takes part in: which sessions it has decided, for ever.
 */
@NullMarked
package io.covey.edgeagent.rounds;

import org.jspecify.annotations.NullMarked;
