package io.covey.coordinator.round;

import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.RoundDeclined;
import java.util.Set;

/** What can happen to a round. */
public sealed interface RoundEvent {

  /** The agents that could be invited now. */
  record CandidatesChanged(Set<AgentId> eligible) implements RoundEvent {
    public CandidatesChanged {
      eligible = Set.copyOf(eligible);
    }
  }

  /** The selection period is over. */
  record SelectionOver() implements RoundEvent {}

  /** Something happened in the session of secure aggregation; its shell's events come this way. */
  record OfSession(ServerEvent event) implements RoundEvent {}

  /** A participant has a masked update and says what its chunks will be. */
  record ReceiptReceived(MaskedInputReceipt receipt) implements RoundEvent {}

  /**
   * A piece of a masked update arrived; the shell holds its words until it is told what to do with
   * them.
   *
   * @param words how many 64-bit words it holds
   * @param fingerprint of the words
   */
  record ChunkReceived(AgentId agent, int index, int count, int words, Sha256 fingerprint)
      implements RoundEvent {}

  /**
   * The time of {@link RoundEffect.WatchUpload} is over.
   *
   * @param held as the effect said
   */
  record UploadWatched(AgentId agent, int held) implements RoundEvent {}

  /** A participant leaves by its own choice. */
  record Declined(AgentId agent, RoundDeclined.Reason reason) implements RoundEvent {}

  /** What a participant says cannot be read or is not certified. */
  record Misbehaved(AgentId agent, DropReason reason) implements RoundEvent {}

  /** A participant is offline. */
  record AgentLost(AgentId agent) implements RoundEvent {}

  /** A participant is online again. */
  record AgentBack(AgentId agent) implements RoundEvent {}

  /** The sum was opened and gave a usable mean update. */
  record SumOpened() implements RoundEvent {}

  /** The new version is stored. */
  record VersionCommitted(ModelVersion version) implements RoundEvent {}

  /** What the phase waited for cannot be had. */
  record WorkFailed(FailureReason reason) implements RoundEvent {}

  /** An operator ends the round. */
  record Cancelled() implements RoundEvent {}
}
