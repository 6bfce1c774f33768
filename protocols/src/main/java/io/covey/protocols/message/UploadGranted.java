package io.covey.protocols.message;

import io.covey.protocols.id.RoundId;

/**
 * The coordinator has room for the participant's chunks now: topic {@code
 * down/round/{round}/upload}. Chunks that come without it are refused, so that a coordinator holds
 * a bounded number of unfinished updates, whatever the size of a cohort.
 */
public record UploadGranted(RoundId round) implements RoundMessage {}
