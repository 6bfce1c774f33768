package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.RoundEvent;
import io.covey.crypto.identity.Admission;
import io.covey.crypto.identity.IdentityCertificate;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.wire.RosterPages;
import io.covey.crypto.secagg.wire.ToCoordinator;
import io.covey.crypto.secagg.wire.ToParticipant;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UpdateChunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Between a round's messages and the events and effects of its session.
 *
 * <p>Thread rule: {@link #eventOf} and {@link #pagesOf} by one thread at a time, whichever it is;
 * the others by any.
 */
final class SessionWire {
  private final RoundId round;
  private final Octets session;
  private final SessionAuthority authority;
  private final Map<AgentId, ByteString> certificates = new HashMap<>();
  private volatile @Nullable Roster roster;
  private volatile @Nullable SurvivorSet survivors;

  SessionWire(RoundId round, Octets session, SessionAuthority authority) {
    this.round = round;
    this.session = session;
    this.authority = authority;
  }

  /** What a participant's message means; empty for one that no step under way has a use for. */
  Optional<RoundEvent> eventOf(AgentId from, RoundMessage message) {
    try {
      return read(from, message);
    } catch (DecodeException e) {
      return Optional.of(new RoundEvent.Misbehaved(from, DropReason.WRONG_CONTEXT));
    }
  }

  private Optional<RoundEvent> read(AgentId from, RoundMessage message) throws DecodeException {
    if (message instanceof UpdateChunk chunk) {
      return Optional.of(chunk(from, chunk));
    }
    if (message instanceof KeysAdvertised keys) {
      return Optional.of(advertised(from, keys));
    }
    if (message instanceof InputReceipt receipt) {
      return Optional.of(new RoundEvent.ReceiptReceived(ToCoordinator.read(from, receipt)));
    }
    if (message instanceof SurvivorsConfirmed confirmed) {
      return of(new ServerEvent.Confirmed(ToCoordinator.read(from, confirmed)));
    }
    if (message instanceof RoundDeclined declined) {
      return Optional.of(new RoundEvent.Declined(from, declined.reason()));
    }
    Roster known = roster;
    if (known == null) {
      return Optional.empty();
    }
    if (message instanceof SharesSealed shares) {
      return of(new ServerEvent.SharesReceived(ToCoordinator.read(from, shares, known)));
    }
    return message instanceof SharesReleased released
        ? of(new ServerEvent.Answered(ToCoordinator.read(from, released, known)))
        : Optional.empty();
  }

  private static Optional<RoundEvent> of(ServerEvent event) {
    return Optional.of(new RoundEvent.OfSession(event));
  }

  private static RoundEvent chunk(AgentId from, UpdateChunk chunk) {
    ByteString words = chunk.words();
    return new RoundEvent.ChunkReceived(
        from,
        chunk.index(),
        chunk.count(),
        words.size() / Long.BYTES,
        Sha256.of(words.asReadOnlyByteBuffer()));
  }

  private RoundEvent advertised(AgentId from, KeysAdvertised keys) throws DecodeException {
    ByteString before = certificates.get(from);
    if (before != null && !before.equals(keys.certificate())) {
      // Its keys are in the roster under the first one, which others verify them with.
      return new RoundEvent.Misbehaved(from, DropReason.CONFLICTING_DUPLICATE);
    }
    Octets encoded = Octets.owning(keys.certificate().toByteArray());
    boolean admitted =
        IdentityCertificate.decode(encoded)
            .filter(c -> authority.directory().admit(from, c) == Admission.ACCEPTED)
            .isPresent();
    if (!admitted) {
      return new RoundEvent.Misbehaved(from, DropReason.CERTIFICATE_REFUSED);
    }
    certificates.put(from, keys.certificate());
    return new RoundEvent.OfSession(new ServerEvent.Advertised(ToCoordinator.read(from, keys)));
  }

  /** The pages of the roster, which everybody in it is sent; from now on it is known here. */
  List<RosterPage> pagesOf(ServerEffect.SendRoster send) {
    roster = send.roster();
    return RosterPages.of(round, session, send.roster(), certificates);
  }

  RoundMessage messageOf(ServerEffect.DeliverShares deliver) {
    return ToParticipant.write(round, session, deliver.boxes(), roster());
  }

  RoundMessage messageOf(ServerEffect.AnnounceSurvivors announce) {
    survivors = announce.survivors();
    return ToParticipant.write(round, announce.survivors(), roster());
  }

  RoundMessage messageOf(ServerEffect.RequestUnmasking request) {
    SurvivorSet set = survivors;
    if (set == null) {
      throw new IllegalStateException("unmasking before the survivors are known");
    }
    return ToParticipant.write(round, set, request.confirmations(), roster());
  }

  private Roster roster() {
    Roster known = roster;
    if (known == null) {
      throw new IllegalStateException("the session has no roster yet");
    }
    return known;
  }
}
