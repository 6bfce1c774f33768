package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.server.AdvertiseKeys;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Both sides together in memory; seed 815. A step's deadline comes when nobody has more to say.
 * What participants send can be left out, changed or doubled on its way.
 */
final class WholeSession {
  final PlainCoordinator participants = new PlainCoordinator(815);
  private final MaskExpander expander = new MaskExpander(Prg.aesCtr());
  private final ModularVector sum = participants.sum;
  final Map<AgentId, Stage> silentFrom = new HashMap<>();
  final Map<AgentId, UnaryOperator<ServerEvent>> lies = new HashMap<>();

  /** Who is lost for good right after it has answered a step. */
  final Map<AgentId, Stage> lostAfter = new HashMap<>();

  int deadlinesReached;

  /** What an agent sends a second time, made from what it sent first. */
  final Map<AgentId, UnaryOperator<ServerEvent>> echoes = new HashMap<>();

  private final Set<AgentId> included = new HashSet<>();
  final Map<AgentId, DropReason> dropped = new TreeMap<>();
  private final Deque<ServerEvent> inbox = new ArrayDeque<>();
  boolean everythingTwice;
  private Stage stage = Stage.ADVERTISE_KEYS;

  ServerPhase run() {
    SessionDescriptor descriptor = PlainSession.descriptor();
    Step<ServerPhase, ServerEffect> step =
        AdvertiseKeys.begin(descriptor, participants.primitives, participants.all());
    ServerPhase phase = step.next();
    step.effects().forEach(this::perform);
    while (!(phase instanceof ServerPhase.Completed) && !(phase instanceof ServerPhase.Failed)) {
      ServerEvent event = inbox.poll();
      if (event == null) {
        deadlinesReached++;
        event = new ServerEvent.DeadlineReached(stage);
      }
      step = phase.on(event);
      phase = step.next();
      step.effects().forEach(this::perform);
    }
    return phase;
  }

  private void perform(ServerEffect effect) {
    if (effect instanceof ServerEffect.StartDeadline deadline) {
      stage = deadline.stage();
    } else if (effect instanceof ServerEffect.Offer offer) {
      ClientEvent event = participants.offer(PlainSession.descriptor());
      offer.to().forEach(to -> tell(to, event));
    } else if (effect instanceof ServerEffect.SendRoster roster) {
      roster
          .roster()
          .entries()
          .forEach(e -> tell(e.from(), new ClientEvent.RosterReceived(roster.roster())));
    } else if (effect instanceof ServerEffect.DeliverShares shares) {
      tell(shares.to(), new ClientEvent.SharesDelivered(shares.boxes()));
    } else if (effect instanceof ServerEffect.AnnounceSurvivors announce) {
      ClientEvent event = new ClientEvent.SurvivorsAnnounced(announce.survivors());
      announce.survivors().survivors().forEach(to -> tell(to, event));
    } else if (effect instanceof ServerEffect.RequestUnmasking request) {
      tell(request.to(), new ClientEvent.UnmaskingRequested(request.confirmations()));
    } else {
      performOnSum(effect);
    }
  }

  private void performOnSum(ServerEffect effect) {
    if (effect instanceof ServerEffect.Include include) {
      sum.add(requireNonNull(participants.masked.get(include.agent())));
      included.add(include.agent());
    } else if (effect instanceof ServerEffect.TakeBack back && included.remove(back.agent())) {
      sum.subtract(requireNonNull(participants.masked.get(back.agent())));
    } else if (effect instanceof ServerEffect.Drop drop) {
      dropped.put(drop.agent(), drop.reason());
    } else if (effect instanceof ServerEffect.OpenSecrets open) {
      inbox.add(new ServerEvent.SecretsOpened(open.job().run()));
    } else if (effect instanceof ServerEffect.RemoveMasks remove) {
      for (MaskTerm term : remove.terms()) {
        try (term) {
          expander.apply(term, sum);
        }
      }
    }
  }

  private void tell(AgentId agent, ClientEvent event) {
    for (ClientEffect effect : participants.tell(agent, event)) {
      answer(agent, effect);
    }
    if (everythingTwice && event instanceof ClientEvent.Received) {
      assertThat(participants.tell(agent, event)).isEmpty();
    }
  }

  private void answer(AgentId agent, ClientEffect effect) {
    if (effect instanceof ClientEffect.SendAdvertisement send) {
      send(agent, Stage.ADVERTISE_KEYS, new ServerEvent.Advertised(send.message()));
    } else if (effect instanceof ClientEffect.SendShares send) {
      send(agent, Stage.SHARE_KEYS, new ServerEvent.SharesReceived(send.message()));
    } else if (effect instanceof ClientEffect.Mask mask) {
      mask(agent, mask);
    } else if (effect instanceof ClientEffect.SendInput send) {
      Octets arrived = PlainSession.digestOf(requireNonNull(participants.masked.get(agent)));
      send(agent, Stage.MASKED_INPUT, new ServerEvent.InputReceived(send.receipt(), arrived));
    } else if (effect instanceof ClientEffect.SendConfirmation send) {
      send(agent, Stage.CONSISTENCY_CHECK, new ServerEvent.Confirmed(send.message()));
    } else if (effect instanceof ClientEffect.PersistDecision decision) {
      tell(agent, new ClientEvent.DecisionPersisted(decision.session()));
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      send(agent, Stage.UNMASKING, new ServerEvent.Answered(send.message()));
    }
  }

  private void mask(AgentId agent, ClientEffect.Mask mask) {
    long[] words = participants.mask(agent, mask);
    Octets digest = PlainSession.digestOf(words);
    tell(agent, new ClientEvent.InputMasked(words.length, digest));
  }

  private void send(AgentId agent, Stage at, ServerEvent event) {
    Stage silent = silentFrom.get(agent);
    if (silent == null || silent.compareTo(at) > 0) {
      ServerEvent told = lies.getOrDefault(agent, e -> e).apply(event);
      inbox.add(told);
      if (lostAfter.get(agent) == at) {
        inbox.add(new ServerEvent.AgentLost(agent));
        silentFrom.put(agent, at);
      }
      Optional.ofNullable(echoes.get(agent)).map(e -> e.apply(told)).ifPresent(inbox::add);
      if (everythingTwice) {
        inbox.add(told);
      }
    }
  }

  void requireSumOfAllBut(ServerPhase end, int... missing) {
    Set<AgentId> included = participants.allBut(missing);
    assertThat(end).isEqualTo(new ServerPhase.Completed(new TreeSet<>(included)));
    participants.requireExactSumOf(included);
  }
}
