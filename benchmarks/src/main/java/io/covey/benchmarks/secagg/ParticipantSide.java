package io.covey.benchmarks.secagg;

import static java.util.Objects.requireNonNull;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.protocols.id.AgentId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All participants of a session with their shells, and what they have on the way. */
final class ParticipantSide {
  private final SecAggCase bench;
  private final VectorMasking masking;
  private final SortedMap<AgentId, BenchParticipant> participants = new TreeMap<>();
  private final Set<AgentId> dropouts = new HashSet<>();
  private final Deque<Arrival> inbox = new ArrayDeque<>();

  /** What is on the way to the coordinator. */
  sealed interface Arrival {}

  record Message(ServerEvent event) implements Arrival {}

  record Input(MaskedInputReceipt receipt, MaskedVector vector) implements Arrival {}

  ParticipantSide(BenchCohort cohort, SessionDescriptor descriptor, InputVectors inputs) {
    this.bench = cohort.bench();
    this.masking = new VectorMasking(descriptor.vector(), inputs);
    for (int number = 0; number < bench.clients(); number++) {
      BenchParticipant participant = cohort.participant(number, descriptor);
      participants.put(participant.id(), participant);
    }
    cohort.chooseParticipants(bench.dropouts()).forEach(n -> dropouts.add(BenchCohort.agent(n)));
  }

  SortedMap<AgentId, BenchParticipant> byId() {
    return participants;
  }

  List<BenchParticipant> all() {
    return List.copyOf(participants.values());
  }

  /** Those that answered to the end. */
  List<BenchParticipant> finished() {
    return participants.values().stream().filter(BenchParticipant::hasFinished).toList();
  }

  /** The next message to the coordinator, if any is on the way. */
  @Nullable Arrival nextArrival() {
    return inbox.poll();
  }

  /** Lets go of all but what they have cost, so that the heap holds the coordinator's. */
  void release() {
    participants.values().forEach(BenchParticipant::release);
    inbox.clear();
  }

  void offer(SessionDescriptor descriptor, Octets signature) {
    ClientEvent event = new ClientEvent.SessionOffered(descriptor, signature);
    participants
        .values()
        .forEach(
            to -> {
              to.traffic().received(descriptor.toBytes().length + (long) signature.length());
              tell(to, Stage.ADVERTISE_KEYS, event);
            });
  }

  void sendRoster(Roster roster) {
    long bytes = Traffic.sizeOfRoster(roster.entries());
    roster
        .entries()
        .forEach(
            entry -> {
              BenchParticipant to = find(entry.from());
              to.traffic().received(bytes);
              tell(to, Stage.SHARE_KEYS, new ClientEvent.RosterReceived(roster));
            });
  }

  void deliver(ServerEffect.DeliverShares shares) {
    BenchParticipant to = find(shares.to());
    to.traffic().received(Traffic.sizeOfBoxes(shares.boxes()));
    tell(to, Stage.MASKED_INPUT, new ClientEvent.SharesDelivered(shares.boxes()));
  }

  void announce(ServerEffect.AnnounceSurvivors announcement) {
    long bytes = Traffic.sizeOfSurvivors(announcement.survivors());
    for (AgentId survivor : announcement.survivors().survivors()) {
      BenchParticipant to = find(survivor);
      to.traffic().received(bytes);
      tell(
          to,
          Stage.CONSISTENCY_CHECK,
          new ClientEvent.SurvivorsAnnounced(announcement.survivors()));
    }
  }

  void requestUnmasking(ServerEffect.RequestUnmasking request) {
    BenchParticipant to = find(request.to());
    to.traffic().received(Traffic.sizeOfConfirmations(request.confirmations()));
    tell(to, Stage.UNMASKING, new ClientEvent.UnmaskingRequested(request.confirmations()));
  }

  private BenchParticipant find(AgentId id) {
    return requireNonNull(participants.get(id));
  }

  /** Whoever falls silent at a step does not hear of it any more either. */
  private void tell(BenchParticipant to, Stage stage, ClientEvent event) {
    if (dropouts.contains(to.id()) && stage.compareTo(bench.dropStep()) >= 0) {
      return;
    }
    for (ClientEffect effect : to.on(stepOf(stage), event)) {
      perform(to, effect);
    }
  }

  private static ParticipantStep stepOf(Stage stage) {
    return switch (stage) {
      case ADVERTISE_KEYS -> ParticipantStep.ADVERTISE_KEYS;
      case SHARE_KEYS -> ParticipantStep.SHARE_KEYS;
      case MASKED_INPUT -> ParticipantStep.OPEN_SHARES;
      case CONSISTENCY_CHECK -> ParticipantStep.CONSISTENCY_CHECK;
      case UNMASKING -> ParticipantStep.UNMASKING;
    };
  }

  private void perform(BenchParticipant participant, ClientEffect effect) {
    Traffic traffic = participant.traffic();
    if (effect instanceof ClientEffect.SendAdvertisement send) {
      traffic.sent(send.message().statement());
      send(new ServerEvent.Advertised(send.message()));
    } else if (effect instanceof ClientEffect.SendShares send) {
      traffic.sent(Traffic.sizeOfShares(send.message()));
      send(new ServerEvent.SharesReceived(send.message()));
    } else if (effect instanceof ClientEffect.Mask mask) {
      maskAndSend(participant, mask);
    } else if (effect instanceof ClientEffect.SendConfirmation send) {
      traffic.sent(send.message().statement());
      send(new ServerEvent.Confirmed(send.message()));
    } else if (effect instanceof ClientEffect.PersistDecision decision) {
      ClientEvent persisted = new ClientEvent.DecisionPersisted(decision.session());
      participant
          .on(ParticipantStep.UNMASKING, persisted)
          .forEach(next -> perform(participant, next));
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      traffic.sent(Traffic.sizeOfAnswer(send.message()));
      send(new ServerEvent.Answered(send.message()));
    }
  }

  private void send(ServerEvent event) {
    inbox.add(new Message(event));
  }

  private void maskAndSend(BenchParticipant participant, ClientEffect.Mask mask) {
    MaskedVector vector = masking.mask(participant, mask);
    Octets digest = participant.meter().measure(ParticipantStep.HASHING, vector::digest);
    ClientEvent masked = new ClientEvent.InputMasked(mask.words(), digest);
    for (ClientEffect effect : participant.on(ParticipantStep.MASKED_INPUT, masked)) {
      if (effect instanceof ClientEffect.SendInput send) {
        participant.traffic().sent(send.receipt().statement());
        participant.traffic().sent(vector.bytes());
        inbox.add(new Input(send.receipt(), vector));
      }
    }
  }
}
