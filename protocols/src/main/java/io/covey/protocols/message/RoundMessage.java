package io.covey.protocols.message;

import io.covey.protocols.id.RoundId;

/** What is said in a round, each on the topic of its own step. */
public sealed interface RoundMessage extends Message
    permits RoundPlan,
        KeysAdvertised,
        RosterPage,
        SharesSealed,
        SharesDelivered,
        InputReceipt,
        UploadGranted,
        UpdateChunk,
        SurvivorsAnnounced,
        SurvivorsConfirmed,
        UnmaskingRequested,
        SharesReleased,
        SayAgain,
        RoundDeclined,
        RoundClosed {

  /** The round that the message belongs to. */
  RoundId round();
}
