package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.UnmaskingShares;
import java.util.List;

/** What the shell must do for a participant. */
public sealed interface ClientEffect {

  /** Step 1 to the coordinator. */
  record SendAdvertisement(KeyAdvertisement message) implements ClientEffect {}

  /** Step 2 to the coordinator. */
  record SendShares(SealedShares message) implements ClientEffect {}

  /**
   * Applies every mask to the packed vector and closes the terms, whether it succeeds or not;
   * answers with {@link ClientEvent.InputMasked}. Nothing of the vector may be sent before {@link
   * SendInput}.
   *
   * @param words the vector's length
   */
  record Mask(List<MaskTerm> terms, int words) implements ClientEffect {
    public Mask {
      terms = List.copyOf(terms);
    }
  }

  /** Step 3 to the coordinator, with the masked vector in chunks. */
  record SendInput(MaskedInputReceipt receipt) implements ClientEffect {}

  /** Step 4 to the coordinator. */
  record SendConfirmation(Confirmation message) implements ClientEffect {}

  /**
   * Writes to disk, and forces it there, that this session is answered for this survivor set,
   * unless any decision for the session is there already, whatever it says; answers with {@link
   * ClientEvent.DecisionPersisted} or {@link ClientEvent.DecisionRefused}. Kept for ever.
   */
  record PersistDecision(Octets session, Octets survivorRoot) implements ClientEffect {}

  /** Step 5 to the coordinator; the shell wipes the shares once they are sent. */
  record SendUnmasking(UnmaskingShares message) implements ClientEffect {}

  /** The participant has left; nothing of the session may be sent any more. */
  record Leave(RefusalReason reason) implements ClientEffect {}
}
