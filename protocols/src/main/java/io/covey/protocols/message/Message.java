package io.covey.protocols.message;

/** Everything that coordinator and agents can say. Records of it are checked when made. */
public sealed interface Message
    permits Presence,
        ReportedState,
        DesiredState,
        ArtifactChunk,
        ChunksWanted,
        RoundMessage,
        Telemetry,
        EncryptionKeyAnnounced,
        GroupKeyGranted,
        TrustDocument {}
