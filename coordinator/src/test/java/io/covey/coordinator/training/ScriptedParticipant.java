package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.IdentityCertificate;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.crypto.secagg.client.AdvertiseKeys;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.ClientPhase;
import io.covey.crypto.secagg.client.ParticipantKeys;
import io.covey.crypto.secagg.wire.RosterAssembly;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.crypto.secagg.wire.ToCoordinator;
import io.covey.crypto.secagg.wire.ToParticipant;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.UnmaskingRequested;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UploadGranted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A participant in one session with the real phases; what it says is for its agent to send. */
final class ScriptedParticipant {
  private final AgentIdentity identity;
  private final RoundPlan plan;
  private final ByteString update;
  private final SessionDescriptor descriptor;
  private final CertifiedDirectory directory;
  private final RosterAssembly pages;
  private final List<UpdateChunk> chunks = new ArrayList<>();
  private List<RoundMessage> said = new ArrayList<>();
  private ClientPhase phase;
  private Roster roster = new Roster(List.of());

  /**
   * A participant that has not answered yet.
   *
   * @param random for this session's keys
   * @param update packed, without masks
   */
  ScriptedParticipant(
      AgentIdentity identity, RoundPlan plan, RandomWords random, ByteString update) {
    this.identity = identity;
    this.plan = plan;
    this.update = update;
    int entries = UpdateLayout.of(plan.encoding(), plan.cohortSize()).lanes().entries();
    try {
      this.descriptor = SessionDescriptors.of(identity.fleet(), plan, entries);
    } catch (DecodeException e) {
      throw new AssertionError("the plan describes no session", e);
    }
    this.directory =
        new CertifiedDirectory(
            FleetVerifier.of(identity.trust(), new Ed25519()), InstantSource.system());
    this.pages = new RosterAssembly(descriptor.cohort().maximum());
    this.phase =
        new AdvertiseKeys(
            new ParticipantKeys(
                identity.agent(),
                identity.signingKey(),
                SecretBytes.owning(fresh(random)),
                new ParticipantKeys.Fresh(
                    SecretBytes.owning(fresh(random)),
                    SecretBytes.owning(fresh(random)),
                    Octets.owning(fresh(random)),
                    random)),
            new SessionPrimitives(new X25519(), new Ed25519(), new AesGcm(), directory),
            new AdvertiseKeys.Expectations(
                identity.coordinatorKey(),
                new ParticipantMinima(
                    3,
                    3,
                    0.5,
                    0,
                    new ParticipantMinima.Adversary(AdversaryModel.SEMI_MALICIOUS, 0.1, 40)),
                new AdvertiseKeys.Plan(
                    identity.fleet(),
                    plan.round(),
                    SessionDescriptors.modelOf(plan.base()),
                    descriptor.terms())));
  }

  /** What it says to the plan. */
  List<RoundMessage> begin() {
    return after(
        new ClientEvent.SessionOffered(descriptor, Octets.owning(plan.signature().toByteArray())));
  }

  /** What it says to a message of the coordinator. */
  List<RoundMessage> on(RoundMessage message) {
    try {
      return read(message);
    } catch (DecodeException e) {
      throw new AssertionError("the coordinator said something unreadable", e);
    }
  }

  private List<RoundMessage> read(RoundMessage message) throws DecodeException {
    if (message instanceof RosterPage page) {
      var whole = pages.add(page);
      if (whole.isEmpty()) {
        return List.of();
      }
      whole.get().certificates().forEach(this::admit);
      roster = whole.get().roster();
      return after(new ClientEvent.RosterReceived(roster));
    }
    if (message instanceof SharesDelivered delivered) {
      return after(new ClientEvent.SharesDelivered(ToParticipant.read(delivered, roster)));
    }
    if (message instanceof UploadGranted) {
      return List.copyOf(chunks);
    }
    if (message instanceof SurvivorsAnnounced announced) {
      return after(new ClientEvent.SurvivorsAnnounced(ToParticipant.read(announced, roster)));
    }
    return message instanceof UnmaskingRequested request
        ? after(new ClientEvent.UnmaskingRequested(ToParticipant.read(request, roster)))
        : List.of();
  }

  private void admit(AgentId agent, ByteString certificate) {
    IdentityCertificate.decode(Octets.owning(certificate.toByteArray()))
        .ifPresent(decoded -> directory.admit(agent, decoded));
  }

  private List<RoundMessage> after(ClientEvent event) {
    said = new ArrayList<>();
    advance(event);
    return said;
  }

  private void advance(ClientEvent event) {
    var step = phase.on(event);
    phase = step.next();
    step.effects().forEach(this::carryOut);
  }

  private void carryOut(ClientEffect effect) {
    if (effect instanceof ClientEffect.SendAdvertisement send) {
      ByteString certificate = ByteString.copyFrom(identity.certificate().encode().toBytes());
      said.add(ToCoordinator.write(plan.round(), send.message(), certificate));
    } else if (effect instanceof ClientEffect.SendShares send) {
      said.add(ToCoordinator.write(plan.round(), send.message(), roster));
    } else if (effect instanceof ClientEffect.Mask mask) {
      advance(mask(mask));
    } else if (effect instanceof ClientEffect.SendInput send) {
      said.add(ToCoordinator.write(plan.round(), send.receipt()));
    } else if (effect instanceof ClientEffect.SendConfirmation send) {
      said.add(ToCoordinator.write(plan.round(), send.message()));
    } else if (effect instanceof ClientEffect.PersistDecision persist) {
      advance(new ClientEvent.DecisionPersisted(persist.session()));
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      said.add(ToCoordinator.write(plan.round(), send.message(), roster));
    } else if (effect instanceof ClientEffect.Leave leave) {
      throw new AssertionError(identity.agent() + " left: " + leave.reason());
    }
  }

  private ClientEvent mask(ClientEffect.Mask mask) {
    ModularVector vector = new ModularVector(mask.words());
    vector.add(update.asReadOnlyByteBuffer(), 0);
    MaskExpander expander = new MaskExpander(Prg.aesCtr());
    mask.terms().forEach(term -> expander.apply(term, vector));
    int count = (vector.length() - 1) / Limits.CHUNK_WORDS + 1;
    List<Sha256> digests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteString words = words(vector, i * Limits.CHUNK_WORDS);
      digests.add(Sha256.of(words.asReadOnlyByteBuffer()));
      chunks.add(new UpdateChunk(plan.round(), i, count, words));
    }
    return new ClientEvent.InputMasked(vector.length(), VectorDigest.of(digests));
  }

  private static ByteString words(ModularVector vector, int from) {
    int count = Math.min(Limits.CHUNK_WORDS, vector.length() - from);
    ByteBuffer bytes = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putLong(vector.word(from + i));
    }
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  private static byte[] fresh(RandomWords random) {
    long[] words = new long[4];
    random.fill(words);
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * words.length);
    bytes.asLongBuffer().put(words);
    return bytes.array();
  }
}
