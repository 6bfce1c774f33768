package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.client.AdvertiseKeys;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.ClientPhase;
import io.covey.crypto.secagg.client.ParticipantKeys;
import io.covey.crypto.secagg.wire.RosterAssembly;
import io.covey.crypto.secagg.wire.ToParticipant;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.UnmaskingRequested;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the coordinator says in one session, as events for the participant's phases.
 *
 * <p>Thread rule: {@link #eventOf} by one thread at a time; the roster may be read by any.
 */
final class SessionReader {
  private static final Logger LOG = LoggerFactory.getLogger(SessionReader.class);

  private final Enrolment enrolment;

  /** The same throughout a session, also if it is renewed meanwhile. */
  private final ByteString certificate;

  private final RoundPlan plan;
  private final SessionDescriptor descriptor;
  private final ParticipantKeys keys;
  private final SessionDirectory directory;
  private final RosterAssembly assembly;
  private volatile @Nullable Roster roster;
  private boolean refusedBefore;

  /**
   * A reader for a plan.
   *
   * @param descriptor derived from the plan here
   * @param keys the agent's, and those drawn for this session
   */
  SessionReader(
      Enrolment enrolment, RoundPlan plan, SessionDescriptor descriptor, ParticipantKeys keys) {
    this.enrolment = enrolment;
    this.certificate = enrolment.encodedCertificate();
    this.plan = plan;
    this.descriptor = descriptor;
    this.keys = keys;
    this.directory = new SessionDirectory(enrolment.directory());
    this.assembly = new RosterAssembly(descriptor.cohort().maximum());
  }

  RoundId round() {
    return plan.round();
  }

  SessionDescriptor descriptor() {
    return descriptor;
  }

  ByteString certificate() {
    return certificate;
  }

  /** From when everybody's shares are made. */
  Roster roster() {
    Roster known = roster;
    if (known == null) {
      throw new IllegalStateException("the session has no roster yet");
    }
    return known;
  }

  ClientPhase firstPhase() {
    SessionPrimitives primitives =
        new SessionPrimitives(new X25519(), new Ed25519(), new AesGcm(), directory);
    // The plan was read here, and the descriptor derived from it, not received beside it.
    AdvertiseKeys.Plan expected =
        new AdvertiseKeys.Plan(
            descriptor.fleet(), descriptor.round(), descriptor.model(), descriptor.terms());
    return new AdvertiseKeys(
        keys,
        primitives,
        new AdvertiseKeys.Expectations(
            enrolment.identity().coordinatorKey(), enrolment.minima(), expected));
  }

  ClientEvent offer() {
    return new ClientEvent.SessionOffered(
        descriptor, Octets.owning(plan.signature().toByteArray()));
  }

  /** Empty for what says nothing yet, or cannot be read. */
  Optional<ClientEvent> eventOf(RoundMessage message) {
    try {
      return read(message);
    } catch (DecodeException e) {
      // Once, so that nobody can fill the log.
      LOG.atLevel(refusedBefore ? Level.DEBUG : Level.WARN)
          .log(
              "round {}: {} refused: {}",
              round(),
              message.getClass().getSimpleName(),
              e.getMessage());
      refusedBefore = true;
      return Optional.empty();
    }
  }

  private Optional<ClientEvent> read(RoundMessage message) throws DecodeException {
    if (message instanceof RosterPage page) {
      Optional<RosterAssembly.Assembled> whole = assembly.add(page);
      whole.ifPresent(this::learn);
      return whole.map(assembled -> new ClientEvent.RosterReceived(assembled.roster()));
    }
    Roster known = roster;
    if (known == null) {
      return Optional.empty();
    }
    if (message instanceof SharesDelivered delivered) {
      return Optional.of(new ClientEvent.SharesDelivered(ToParticipant.read(delivered, known)));
    }
    if (message instanceof SurvivorsAnnounced announced) {
      return Optional.of(new ClientEvent.SurvivorsAnnounced(ToParticipant.read(announced, known)));
    }
    return message instanceof UnmaskingRequested requested
        ? Optional.of(new ClientEvent.UnmaskingRequested(ToParticipant.read(requested, known)))
        : Optional.empty();
  }

  private void learn(RosterAssembly.Assembled assembled) {
    directory.received(assembled.certificates());
    roster = assembled.roster();
  }
}
