package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.SessionRequirements;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.RoundId;
import java.util.List;
import java.util.Optional;

/** Step 1: checks what the coordinator offers, and sends public keys. */
public final class AdvertiseKeys implements ClientPhase {
  private final ParticipantKeys keys;
  private final SessionPrimitives primitives;
  private final Expectations expectations;

  /**
   * What the participant knows of the session on its own.
   *
   * @param coordinatorKey Ed25519
   * @param plan a session for anything else is refused
   */
  public record Expectations(Octets coordinatorKey, SessionRequirements minima, Plan plan) {}

  /**
   * The round that the participant was invited to, as it understood the invitation.
   *
   * @param model what it trains from
   * @param terms digest of the rest of the plan, see {@link SessionDescriptor}
   */
  public record Plan(FleetId fleet, RoundId round, SessionDescriptor.Model model, Octets terms) {

    boolean isOf(SessionDescriptor descriptor) {
      return fleet.equals(descriptor.fleet())
          && round.equals(descriptor.round())
          && model.equals(descriptor.model())
          && terms.equals(descriptor.terms());
    }
  }

  /**
   * A participant that waits for an offer.
   *
   * @param keys fresh ones, for this object only; it wipes them
   */
  public AdvertiseKeys(
      ParticipantKeys keys, SessionPrimitives primitives, Expectations expectations) {
    this.keys = keys;
    this.primitives = primitives;
    this.expectations = expectations;
  }

  @Override
  public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
    if (event instanceof ClientEvent.SessionOffered offer) {
      ClientSession session = new ClientSession(keys, primitives, offer.descriptor());
      Optional<RefusalReason> refusal = refusalOf(offer);
      return refusal.isPresent() ? session.leave(refusal.get()) : advertise(session, offer);
    }
    if (event instanceof ClientEvent.Cancelled) {
      keys.wipe();
      return new Step<>(
          new Aborted(RefusalReason.CANCELLED),
          List.of(new ClientEffect.Leave(RefusalReason.CANCELLED)));
    }
    return Step.stay(this);
  }

  private Optional<RefusalReason> refusalOf(ClientEvent.SessionOffered offer) {
    SessionDescriptor descriptor = offer.descriptor();
    if (!primitives
        .signer()
        .verify(expectations.coordinatorKey(), descriptor.toBytes(), offer.signature())) {
      return Optional.of(RefusalReason.COORDINATOR_SIGNATURE_INVALID);
    }
    if (!expectations.plan().isOf(descriptor)) {
      return Optional.of(RefusalReason.DESCRIPTOR_UNEXPECTED);
    }
    return expectations.minima().shortfallOf(descriptor).map(AdvertiseKeys::reasonOf);
  }

  private static RefusalReason reasonOf(ParticipantMinima.Shortfall shortfall) {
    return switch (shortfall) {
      case COHORT_TOO_SMALL -> RefusalReason.COHORT_TOO_SMALL;
      case TOO_FEW_NEIGHBOURS -> RefusalReason.TOO_FEW_NEIGHBOURS;
      case THRESHOLD_TOO_LOW -> RefusalReason.THRESHOLD_TOO_LOW;
      case NOISE_TOO_LOW -> RefusalReason.NOISE_TOO_LOW;
      case ADVERSARY_TOO_WEAK -> RefusalReason.ADVERSARY_TOO_WEAK;
      case ASSUMPTIONS_INFEASIBLE -> RefusalReason.ASSUMPTIONS_INFEASIBLE;
    };
  }

  private Step<ClientPhase, ClientEffect> advertise(
      ClientSession session, ClientEvent.SessionOffered offer) {
    session.accept(offer);
    KeyAdvertisement unsigned =
        new KeyAdvertisement(
            session.id(),
            keys.id(),
            primitives.agreement().publicKeyOf(keys.fresh().maskKey()),
            primitives.agreement().publicKeyOf(keys.channelKey()),
            keys.fresh().nonce(),
            Octets.copyOf(new byte[0]));
    KeyAdvertisement own = unsigned.signed(session.sign(unsigned.statement()));
    return new Step<>(
        new ShareKeys(session, own), List.of(new ClientEffect.SendAdvertisement(own)));
  }
}
