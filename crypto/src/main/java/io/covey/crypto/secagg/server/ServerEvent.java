package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;

/**
 * What can happen to a coordinator's session. The shell passes on a message only if it came over
 * the connection of the participant it names.
 */
public sealed interface ServerEvent {

  /** Overwrites the secrets in it; a phase does so with what it does not keep. */
  default void wipe() {}

  /** The steps that wait for participants. */
  enum Stage {
    ADVERTISE_KEYS,
    SHARE_KEYS,
    MASKED_INPUT,
    CONSISTENCY_CHECK,
    UNMASKING
  }

  /** Step 1. */
  record Advertised(KeyAdvertisement message) implements ServerEvent {}

  /** Step 2. */
  record SharesReceived(SealedShares message) implements ServerEvent {}

  /**
   * Step 3: the receipt is there, and every chunk of the vector.
   *
   * @param arrived {@link io.covey.crypto.secagg.VectorDigest} of the chunks as they arrived
   */
  record InputReceived(MaskedInputReceipt receipt, Octets arrived) implements ServerEvent {}

  /** Step 4. */
  record Confirmed(Confirmation message) implements ServerEvent {}

  /** Step 5. */
  record Answered(UnmaskingShares message) implements ServerEvent {
    @Override
    public void wipe() {
      message.wipe();
    }
  }

  /** A step's time is over. Of a step that has passed, it is ignored. */
  record DeadlineReached(Stage stage) implements ServerEvent {}

  /**
   * A participant will not answer any more, in this step or a later one: it left, or restarted and
   * lost the session's keys. What it has sent counts.
   */
  record AgentLost(AgentId agent) implements ServerEvent {}

  /** The job of {@link ServerEffect.OpenSecrets} is done. */
  record SecretsOpened(SecretOpening.Result result) implements ServerEvent {
    @Override
    public void wipe() {
      result.terms().forEach(MaskTerm::close);
    }
  }

  /** The shell ends it. */
  record Cancelled() implements ServerEvent {}
}
