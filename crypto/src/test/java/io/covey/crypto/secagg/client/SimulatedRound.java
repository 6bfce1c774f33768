package io.covey.crypto.secagg.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One session of a coordinator and its participants under virtual time, over lossy links, with
 * participants that vanish or restart. After every event of the coordinator its invariants hold.
 */
final class SimulatedRound {
  private final Faults faults;
  private final Random random;
  private final VirtualTime time;
  private final LossyLink link;
  private final SessionDescriptor descriptor;
  private final SessionPrimitives primitives;
  private final SecretBytes coordinatorKey = SecretBytes.owning(new byte[32]);
  private final Map<AgentId, Octets> directory = new HashMap<>();
  private final SortedMap<AgentId, SimulatedParticipant> participants = new TreeMap<>();
  private final ModularVector sum;
  private final Map<AgentId, long[]> arrived = new HashMap<>();
  private final Set<AgentId> included = new TreeSet<>();
  private boolean announced;
  private ServerPhase phase;

  /**
   * How unreliable everything is.
   *
   * @param vanishing probability that a participant goes for good at some time
   * @param restarting probability that it restarts at some time
   */
  record Faults(double loss, double duplication, double vanishing, double restarting) {}

  SimulatedRound(long seed, SessionDescriptor descriptor, Faults faults) {
    this.random = new Random(seed);
    this.faults = faults;
    this.descriptor = descriptor;
    this.time = VirtualTime.shuffled(Instant.EPOCH, random);
    this.link = new LossyLink(time, random, faults.loss(), faults.duplication());
    this.primitives =
        InsecureFastPrimitives.with(agent -> Optional.ofNullable(directory.get(agent)));
    this.sum = new ModularVector(descriptor.vector().layout().words());
    SimulatedParticipant.Setting setting = setting(descriptor);
    for (int i = 0; i < descriptor.cohort().maximum(); i++) {
      AgentId agent = new AgentId("agent-" + i);
      long[] input = random.longs(sum.length(), 0, 1L << 40).toArray();
      SimulatedParticipant participant = new SimulatedParticipant(agent, input, setting);
      participants.put(agent, participant);
      directory.put(agent, participant.verificationKey());
    }
    var begun =
        io.covey.crypto.secagg.server.AdvertiseKeys.begin(
            descriptor, primitives, participants.keySet());
    this.phase = begun.next();
    begun.effects().forEach(this::perform);
  }

  private SimulatedParticipant.Setting setting(SessionDescriptor descriptor) {
    ParticipantMinima minima =
        new ParticipantMinima(
            3,
            2,
            0,
            0,
            new ParticipantMinima.Adversary(descriptor.assumptions().adversary(), 0, 40));
    return new SimulatedParticipant.Setting(
        random,
        primitives,
        new AdvertiseKeys.Expectations(
            primitives.signer().publicKeyOf(coordinatorKey),
            minima,
            new AdvertiseKeys.Plan(
                descriptor.fleet(), descriptor.round(), descriptor.model(), descriptor.terms())));
  }

  /** Runs it to its end. */
  ServerPhase run() {
    participants.forEach((agent, participant) -> scheduleFaults(agent, participant));
    Duration limit = descriptor.phaseTimeout().multipliedBy(6);
    assertThat(time.runUntil(this::isOver, limit)).as("over in six deadlines").isTrue();
    if (phase instanceof ServerPhase.Completed completed) {
      assertThat(completed.survivors()).isEqualTo(included);
      requireExactSum();
    }
    // What is still under way changes nothing any more.
    ServerPhase end = phase;
    time.runFor(descriptor.phaseTimeout());
    assertThat(phase).isSameAs(end);
    return phase;
  }

  private boolean isOver() {
    return phase instanceof ServerPhase.Completed || phase instanceof ServerPhase.Failed;
  }

  private void scheduleFaults(AgentId agent, SimulatedParticipant participant) {
    Duration when = Duration.ofMillis(random.nextInt(6000));
    boolean noticed = random.nextBoolean();
    Runnable fault;
    if (random.nextDouble() < faults.vanishing()) {
      fault = participant::die;
    } else if (random.nextDouble() < faults.restarting()) {
      fault = participant::restart;
    } else {
      return;
    }
    time.schedule(
        when,
        () -> {
          fault.run();
          if (noticed) {
            link.send(() -> happened(new ServerEvent.AgentLost(agent)));
          }
        });
  }

  private void happened(ServerEvent event) {
    Step<ServerPhase, ServerEffect> step = phase.on(event);
    phase = step.next();
    step.effects().forEach(this::perform);
    assertThat(phase.answered() + phase.awaited().size())
        .as("messages held and awaited in %s", phase.stage())
        .isLessThanOrEqualTo(participants.size());
  }

  private void perform(ServerEffect effect) {
    if (effect instanceof ServerEffect.Offer offer) {
      Octets signature = primitives.signer().sign(coordinatorKey, descriptor.toBytes());
      offer.to().forEach(to -> tell(to, new ClientEvent.SessionOffered(descriptor, signature)));
    } else if (effect instanceof ServerEffect.StartDeadline deadline) {
      time.schedule(
          deadline.period(), () -> happened(new ServerEvent.DeadlineReached(deadline.stage())));
    } else if (effect instanceof ServerEffect.SendRoster send) {
      send.roster()
          .entries()
          .forEach(e -> tell(e.from(), new ClientEvent.RosterReceived(send.roster())));
    } else if (effect instanceof ServerEffect.DeliverShares deliver) {
      tell(deliver.to(), new ClientEvent.SharesDelivered(deliver.boxes()));
    } else if (effect instanceof ServerEffect.AnnounceSurvivors announce) {
      assertThat(announced).as("survivors announced before").isFalse();
      assertThat(announce.survivors().survivors()).isEqualTo(included);
      announced = true;
      included.forEach(to -> tell(to, new ClientEvent.SurvivorsAnnounced(announce.survivors())));
    } else if (effect instanceof ServerEffect.RequestUnmasking request) {
      tell(request.to(), new ClientEvent.UnmaskingRequested(request.confirmations()));
    } else {
      performOnSum(effect);
    }
  }

  private void performOnSum(ServerEffect effect) {
    if (effect instanceof ServerEffect.Include include) {
      assertThat(announced).as("included after the survivors were announced").isFalse();
      assertThat(included.add(include.agent())).as("included once").isTrue();
      sum.add(requireNonNull(arrived.get(include.agent())));
    } else if (effect instanceof ServerEffect.TakeBack back) {
      if (included.remove(back.agent())) {
        assertThat(announced).as("taken back after the survivors were announced").isFalse();
        sum.subtract(requireNonNull(arrived.get(back.agent())));
      }
    } else if (effect instanceof ServerEffect.OpenSecrets open) {
      link.send(new OnceOnly(() -> happened(new ServerEvent.SecretsOpened(open.job().run()))));
    } else if (effect instanceof ServerEffect.RemoveMasks remove) {
      MaskExpander expander = new MaskExpander(Prg.aesCtr());
      for (MaskTerm term : remove.terms()) {
        try (term) {
          expander.apply(term, sum);
        }
      }
    }
  }

  private void tell(AgentId agent, ClientEvent event) {
    SimulatedParticipant participant = requireNonNull(participants.get(agent));
    link.send(
        () -> participant.on(event).forEach(outgoing -> link.send(() -> arrive(agent, outgoing))));
  }

  private void arrive(AgentId from, SimulatedParticipant.Outgoing outgoing) {
    // The vector of the first receipt is the one that stays.
    outgoing.vector().ifPresent(vector -> arrived.putIfAbsent(from, vector));
    happened(decoded(outgoing.event()));
  }

  /** Each time a message arrives it is another object, with secrets of its own to be wiped. */
  private static ServerEvent decoded(ServerEvent event) {
    return event instanceof ServerEvent.Answered answered
        ? new ServerEvent.Answered(copyOf(answered.message()))
        : event;
  }

  private static UnmaskingShares copyOf(UnmaskingShares message) {
    return new UnmaskingShares(
        message.session(),
        message.from(),
        copyOf(message.selfMaskShares()),
        copyOf(message.maskKeyShares()));
  }

  private static SortedMap<AgentId, SecretBytes> copyOf(SortedMap<AgentId, SecretBytes> shares) {
    SortedMap<AgentId, SecretBytes> copy = new TreeMap<>();
    shares.forEach((owner, share) -> copy.put(owner, share.copy()));
    return copy;
  }

  private void requireExactSum() {
    for (int word = 0; word < sum.length(); word++) {
      long expected = 0;
      for (AgentId agent : included) {
        expected += requireNonNull(participants.get(agent)).input[word];
      }
      assertThat(sum.word(word)).as("word %d over %s", word, included).isEqualTo(expected);
    }
  }

  /** A job is run once, whatever the link does. */
  private static final class OnceOnly implements Runnable {
    private final Runnable job;
    private boolean done;

    OnceOnly(Runnable job) {
      this.job = job;
    }

    @Override
    public void run() {
      if (!done) {
        done = true;
        job.run();
      }
    }
  }
}
