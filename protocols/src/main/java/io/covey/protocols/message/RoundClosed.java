package io.covey.protocols.message;

import io.covey.protocols.id.RoundId;

/** The round is over for this agent: topic {@code down/round/{round}/close}. */
public record RoundClosed(RoundId round, boolean committed) implements RoundMessage {}
