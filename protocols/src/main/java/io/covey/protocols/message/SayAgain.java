package io.covey.protocols.message;

import io.covey.protocols.id.RoundId;

/**
 * Asks a participant to say again what it said last: topic {@code down/round/{round}/again}. Comes
 * behind a repetition of what the coordinator said last, after a connection on which either may
 * have been lost: a broker that was killed forgets messages that it had acknowledged.
 */
public record SayAgain(RoundId round) implements RoundMessage {}
