package io.covey.coordinator.training;

import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundEvent;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SayAgain;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a round's session asks of its shell.
 *
 * <p>Thread rule: the owner's scheduler only, but for {@link #eventOf}.
 */
final class SessionShell {
  private static final Logger LOG = LoggerFactory.getLogger(SessionShell.class);

  /** The round around it. */
  interface Round {
    void happened(RoundEvent event);

    void happensAfter(Duration period, RoundEvent event);

    /**
     * Counts what the round costs in privacy; the stage completes when that is on disk, and fails
     * when its sum must not open.
     */
    CompletionStage<Boolean> charge();
  }

  private final RoundOrder order;
  private final TrainingServices services;
  private final MaskedSum sum;
  private final Round round;
  private final SessionWire wire;
  private final PacedMessages messages;
  private final Set<AgentId> invited = new LinkedHashSet<>();
  private @Nullable CompletionStage<Boolean> charged;
  private boolean closed;
  private final Set<AgentId> granted = new HashSet<>();

  private final Map<AgentId, Integer> repetitions = new HashMap<>();

  /** What each agent was told last. */
  private final Map<AgentId, List<Supplier<RoundMessage>>> told = new HashMap<>();

  SessionShell(RoundOrder order, TrainingServices services, MaskedSum sum, Round round) {
    this.order = order;
    this.services = services;
    this.sum = sum;
    this.round = round;
    this.wire =
        new SessionWire(
            order.round(), order.setup().descriptor().sessionId(), services.authority());
    this.messages = new PacedMessages(services.messenger());
  }

  void invite(AgentId agent) {
    invited.add(agent);
    tell(agent, order::plan);
  }

  private void tell(AgentId agent, Supplier<RoundMessage> message) {
    told.put(agent, List.of(message));
    messages.send(agent, message);
  }

  /**
   * Tells an agent again what it was told last, and asks it to say again what it said last. A
   * message that comes again as it was changes nothing on either side. Bounded for each agent: it
   * takes one small message to say that one has connected, and a roster is long.
   */
  void repeat(AgentId agent) {
    List<Supplier<RoundMessage>> last = told.get(agent);
    if (last != null
        && !closed
        && repetitions.merge(agent, 1, Integer::sum) <= Limits.REPETITIONS) {
      last.forEach(message -> messages.send(agent, message));
      messages.send(agent, () -> new SayAgain(order.round()));
    }
  }

  /** In the order of their invitation, the same in every run. */
  List<AgentId> invited() {
    return List.copyOf(invited);
  }

  boolean isInvited(AgentId agent) {
    return invited.contains(agent);
  }

  void grantUpload(AgentId agent) {
    granted.add(agent);
    Supplier<RoundMessage> grant = () -> new UploadGranted(order.round());
    List<Supplier<RoundMessage>> before = told.getOrDefault(agent, List.of());
    // Behind the shares, which may be missing as well.
    told.put(agent, Stream.concat(before.stream(), Stream.of(grant)).toList());
    messages.send(agent, grant);
  }

  /** Nothing that was said to the agent matters any more. */
  void forget(AgentId agent) {
    told.remove(agent);
  }

  /** Whether the agent was told that its chunks may come. */
  boolean isGranted(AgentId agent) {
    return granted.contains(agent);
  }

  /** Nothing more is said. */
  void close() {
    closed = true;
    messages.clear();
  }

  /** What a message means; on whatever thread answers it, by one at a time. */
  Optional<RoundEvent> eventOf(AgentId from, RoundMessage message) {
    return wire.eventOf(from, message);
  }

  void carryOut(ServerEffect effect) {
    if (effect instanceof ServerEffect.StartDeadline start) {
      round.happensAfter(
          start.period(), new RoundEvent.OfSession(new ServerEvent.DeadlineReached(start.stage())));
    } else if (effect instanceof ServerEffect.SendRoster send) {
      sendRoster(send);
    } else if (effect instanceof ServerEffect.DeliverShares deliver) {
      tell(deliver.to(), () -> wire.messageOf(deliver));
    } else if (effect instanceof ServerEffect.AnnounceSurvivors announce) {
      RoundMessage message = wire.messageOf(announce);
      announce.survivors().survivors().forEach(to -> tell(to, () -> message));
    } else if (effect instanceof ServerEffect.RequestUnmasking request) {
      requestUnmasking(request);
    } else if (effect instanceof ServerEffect.OpenSecrets open) {
      openSecrets(open);
    } else if (effect instanceof ServerEffect.RemoveMasks remove) {
      sum.apply(remove.terms());
    } else {
      // The round's own phases translate all others.
      throw new IllegalStateException("nothing is known of " + effect.getClass());
    }
  }

  /** Nobody is asked before the round is counted: what was seen once was seen. */
  private void requestUnmasking(ServerEffect.RequestUnmasking request) {
    if (charged == null) {
      charged = round.charge();
      var unused =
          charged.whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  failUncharged(failure);
                }
              });
    }
    var unused =
        charged.thenRun(
            () -> {
              // The round may have been cancelled while its cost was written.
              if (!closed) {
                tell(request.to(), () -> wire.messageOf(request));
              }
            });
  }

  private void failUncharged(Throwable failure) {
    Optional<String> refusal = BudgetRefusedException.in(failure);
    if (refusal.isPresent()) {
      LOG.warn("round {}: its sum stays closed: {}", order.round(), refusal.get());
    } else {
      LOG.error("round {}: what it costs in privacy was not stored", order.round(), failure);
    }
    round.happened(
        new RoundEvent.WorkFailed(
            refusal.isPresent()
                ? FailureReason.PRIVACY_BUDGET_EXHAUSTED
                : FailureReason.PRIVACY_COST_NOT_RECORDED));
  }

  private void sendRoster(ServerEffect.SendRoster send) {
    List<RosterPage> pages = wire.pagesOf(send);
    List<Supplier<RoundMessage>> again =
        pages.stream().<Supplier<RoundMessage>>map(page -> () -> page).toList();
    for (KeyAdvertisement to : send.roster().entries()) {
      told.put(to.from(), again);
      messages.sendAll(to.from(), pages);
    }
  }

  private void openSecrets(ServerEffect.OpenSecrets open) {
    services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.AGGREGATION, order.layout().words()), () -> open.job().run())
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                open.job().close();
                LOG.error("round {}: a defect in the opening of secrets", order.round(), failure);
                round.happened(new RoundEvent.WorkFailed(FailureReason.INTERNAL_ERROR));
              } else {
                round.happened(new RoundEvent.OfSession(new ServerEvent.SecretsOpened(result)));
              }
            });
  }
}
