package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.Admission;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.IdentityCertificate;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.crypto.secagg.server.AdvertiseKeys;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.crypto.secagg.wire.RosterPages;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.crypto.secagg.wire.ToCoordinator;
import io.covey.crypto.secagg.wire.ToParticipant;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The coordinator of one round in a test: the real phases of a session and the plainest shell. */
public final class SessionCoordinator {
  private final Scheduler time;
  private final RoundPlan plan;
  private final Outbound out;
  private final SessionDescriptor descriptor;
  private final CertifiedDirectory directory;
  private final SessionPrimitives primitives;
  private final SortedSet<AgentId> invited = new TreeSet<>();
  private final Map<AgentId, ByteString> certificates = new HashMap<>();
  private final Map<AgentId, InputReceipt> receipts = new HashMap<>();
  private final Map<AgentId, SortedMap<Integer, ByteString>> chunks = new HashMap<>();
  private final SortedMap<AgentId, DropReason> dropped = new TreeMap<>();
  private final ModularVector sum;
  private @Nullable ServerPhase phase;
  private @Nullable Roster roster;
  private @Nullable SurvivorSet survivors;
  private Optional<SortedSet<AgentId>> opened = Optional.empty();
  private Optional<FailureReason> failure = Optional.empty();

  /** The way to participants. */
  public interface Outbound {
    void say(AgentId to, RoundMessage message);
  }

  /**
   * Before the round begins.
   *
   * @param plan signed
   */
  public SessionCoordinator(
      Scheduler time, CoordinatorIdentity identity, RoundPlan plan, Outbound out) {
    this.time = time;
    this.plan = plan;
    this.out = out;
    this.descriptor = descriptorOf(identity, plan);
    this.directory =
        new CertifiedDirectory(FleetVerifier.of(identity.trust(), new Ed25519()), time::now);
    this.primitives = new SessionPrimitives(new X25519(), new Ed25519(), new AesGcm(), directory);
    this.sum = new ModularVector(descriptor.vector().layout().words());
  }

  /** The plan with the coordinator's signature of its session. */
  public static RoundPlan sign(CoordinatorIdentity identity, RoundPlan plan) {
    byte[] statement = descriptorOf(identity, plan).toBytes();
    Octets signature = new Ed25519().sign(identity.signingKey(), statement);
    return plan.signed(ByteString.copyFrom(signature.toBytes()));
  }

  private static SessionDescriptor descriptorOf(CoordinatorIdentity identity, RoundPlan plan) {
    try {
      int entries = UpdateLayout.of(plan.encoding(), plan.cohortSize()).lanes().entries();
      return SessionDescriptors.of(identity.fleet(), plan, entries);
    } catch (DecodeException e) {
      throw new AssertionError("a plan that describes no session", e);
    }
  }

  public void begin(Set<AgentId> agents) {
    invited.addAll(agents);
    answered(AdvertiseKeys.begin(descriptor, primitives, agents));
  }

  /** sid. */
  public Octets session() {
    return descriptor.sessionId();
  }

  /** From when the roster is sent. */
  public Roster roster() {
    return Objects.requireNonNull(roster);
  }

  /** Whose updates are in the sum; empty until it is open. */
  public Optional<SortedSet<AgentId>> opened() {
    return opened;
  }

  public Optional<FailureReason> failure() {
    return failure;
  }

  /** Who is waited for no longer, and why. */
  public SortedMap<AgentId, DropReason> dropped() {
    return dropped;
  }

  /** Without masks once it is {@link #opened}. */
  public ModularVector sum() {
    return sum;
  }

  /** What an agent says. */
  public void received(AgentId from, RoundMessage message) {
    try {
      read(from, message);
    } catch (DecodeException e) {
      throw new AssertionError(from + " said something that cannot be read", e);
    }
  }

  private void read(AgentId from, RoundMessage message) throws DecodeException {
    if (message instanceof KeysAdvertised keys) {
      Octets encoded = Octets.owning(keys.certificate().toByteArray());
      IdentityCertificate certificate = IdentityCertificate.decode(encoded).orElseThrow();
      if (directory.admit(from, certificate) != Admission.ACCEPTED) {
        throw new AssertionError(from + " has no certificate of this fleet");
      }
      certificates.put(from, keys.certificate());
      on(new ServerEvent.Advertised(ToCoordinator.read(from, keys)));
    } else if (message instanceof SharesSealed shares && roster != null) {
      on(new ServerEvent.SharesReceived(ToCoordinator.read(from, shares, roster)));
    } else if (message instanceof InputReceipt receipt) {
      if (receipts.putIfAbsent(from, receipt) == null) {
        out.say(from, new UploadGranted(plan.round()));
      }
    } else if (message instanceof UpdateChunk chunk) {
      received(from, chunk);
    } else if (message instanceof SurvivorsConfirmed confirmed) {
      on(new ServerEvent.Confirmed(ToCoordinator.read(from, confirmed)));
    } else if (message instanceof SharesReleased released && roster != null) {
      on(new ServerEvent.Answered(ToCoordinator.read(from, released, roster)));
    } else if (message instanceof RoundDeclined) {
      on(new ServerEvent.AgentLost(from));
    }
  }

  private void received(AgentId from, UpdateChunk chunk) {
    InputReceipt receipt = receipts.get(from);
    if (receipt == null) {
      throw new AssertionError(from + " sent a part of its update without a receipt");
    }
    SortedMap<Integer, ByteString> held = chunks.computeIfAbsent(from, a -> new TreeMap<>());
    if (held.putIfAbsent(chunk.index(), chunk.words()) == null && held.size() == chunk.count()) {
      Octets arrived =
          VectorDigest.of(
              held.values().stream()
                  .map(words -> Sha256.of(words.asReadOnlyByteBuffer()))
                  .toList());
      on(new ServerEvent.InputReceived(ToCoordinator.read(from, receipt), arrived));
    }
  }

  private void on(ServerEvent event) {
    ServerPhase current = phase;
    if (current != null) {
      answered(current.on(event));
    }
  }

  private void answered(Step<ServerPhase, ServerEffect> step) {
    phase = step.next();
    step.effects().forEach(this::carryOut);
  }

  private void carryOut(ServerEffect effect) {
    if (effect instanceof ServerEffect.Offer offer) {
      offer.to().forEach(to -> out.say(to, plan));
    } else if (effect instanceof ServerEffect.StartDeadline start) {
      time.schedule(periodOf(start), () -> on(new ServerEvent.DeadlineReached(start.stage())));
    } else if (effect instanceof ServerEffect.Include include) {
      add(include.agent());
    } else if (effect instanceof ServerEffect.TakeBack back) {
      // Only what is complete is added, so nothing of an update is in the sum yet.
      chunks.remove(back.agent());
    } else if (effect instanceof ServerEffect.Drop drop) {
      dropped.put(drop.agent(), drop.reason());
    } else if (effect instanceof ServerEffect.OpenSecrets open) {
      on(new ServerEvent.SecretsOpened(open.job().run()));
    } else if (effect instanceof ServerEffect.RemoveMasks remove) {
      MaskExpander expander = new MaskExpander(Prg.aesCtr());
      remove.terms().forEach(term -> expander.apply(term, sum));
      remove.terms().forEach(MaskTerm::close);
    } else if (effect instanceof ServerEffect.SumOpened over) {
      opened = Optional.of(over.survivors());
      close(true);
    } else if (effect instanceof ServerEffect.Fail fail) {
      failure = Optional.of(fail.reason());
      close(false);
    } else {
      send(effect);
    }
  }

  private Duration periodOf(ServerEffect.StartDeadline start) {
    return start.stage() == ServerEvent.Stage.MASKED_INPUT
        ? plan.reportingPeriod()
        : start.period();
  }

  private void send(ServerEffect effect) {
    Octets session = descriptor.sessionId();
    if (effect instanceof ServerEffect.SendRoster send) {
      roster = send.roster();
      for (RosterPage page : RosterPages.of(plan.round(), session, send.roster(), certificates)) {
        send.roster().entries().forEach(entry -> out.say(entry.from(), page));
      }
      return;
    }
    Roster known = Objects.requireNonNull(roster);
    if (effect instanceof ServerEffect.DeliverShares deliver) {
      out.say(deliver.to(), ToParticipant.write(plan.round(), session, deliver.boxes(), known));
    } else if (effect instanceof ServerEffect.AnnounceSurvivors announce) {
      survivors = announce.survivors();
      RoundMessage message = ToParticipant.write(plan.round(), announce.survivors(), known);
      announce.survivors().survivors().forEach(to -> out.say(to, message));
    } else if (effect instanceof ServerEffect.RequestUnmasking request) {
      SurvivorSet set = Objects.requireNonNull(survivors);
      out.say(request.to(), ToParticipant.write(plan.round(), set, request.confirmations(), known));
    } else {
      throw new AssertionError("nothing is known of " + effect);
    }
  }

  private void add(AgentId agent) {
    int at = 0;
    for (ByteString words : Objects.requireNonNull(chunks.get(agent)).values()) {
      sum.add(words.asReadOnlyByteBuffer(), at);
      at += words.size() / Long.BYTES;
    }
  }

  private void close(boolean committed) {
    invited.forEach(agent -> out.say(agent, new RoundClosed(plan.round(), committed)));
  }
}
