package io.covey.crypto.secagg.client;

import io.covey.crypto.secagg.Step;

/**
 * A participant in one session; see the package for the transitions.
 *
 * <p>Thread rule: confined to one thread. A phase hands its state on to its successor and must not
 * be used after it has answered with another phase. A message that comes again as it was is
 * ignored; a different one of its kind ends the session, as does anything that fails a check.
 * Messages of later steps are ignored: a coordinator that keeps to the protocol sends none.
 */
public sealed interface ClientPhase
    permits AdvertiseKeys,
        ShareKeys,
        MaskedInput,
        ConsistencyCheck,
        Unmasking,
        ClientPhase.Finished,
        ClientPhase.Aborted {

  /** The one transition function. */
  Step<ClientPhase, ClientEffect> on(ClientEvent event);

  /** The participant has answered; its secrets are gone. */
  record Finished() implements ClientPhase {
    @Override
    public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
      return Step.stay(this);
    }
  }

  /** The participant has left; its secrets are gone. */
  record Aborted(RefusalReason reason) implements ClientPhase {
    @Override
    public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
      return Step.stay(this);
    }
  }
}
