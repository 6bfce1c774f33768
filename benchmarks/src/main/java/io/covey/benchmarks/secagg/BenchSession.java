package io.covey.benchmarks.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.server.AdvertiseKeys;
import io.covey.crypto.secagg.server.SecretOpening;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.crypto.secagg.server.ServerPhase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One session in memory, on one thread: every participant, the coordinator, and the shells that do
 * what their phases ask for. A step's deadline comes when nobody has more to say. The coordinator
 * takes each masked vector before the next is made, so that one is held at a time.
 */
final class BenchSession {
  private final SessionDescriptor descriptor;
  private final Octets signature;
  private final ParticipantSide participants;
  private final CpuMeter<CoordinatorStep> meter =
      new CpuMeter<>(CoordinatorStep.class, CpuMeter.ofThisThread());
  private final BenchSum sum;
  private final Deque<ServerEffect> toDo = new ArrayDeque<>();
  private final Deque<ServerEvent> results = new ArrayDeque<>();
  private Stage stage = Stage.ADVERTISE_KEYS;
  private ServerPhase phase;
  private Optional<MaskedVector> arrived = Optional.empty();

  BenchSession(BenchCohort cohort, InputVectors inputs) {
    this.descriptor = cohort.nextDescriptor();
    this.signature = cohort.signatureOf(descriptor);
    this.participants = new ParticipantSide(cohort, descriptor, inputs);
    this.sum = new BenchSum(descriptor.vector().layout(), meter);
    Step<ServerPhase, ServerEffect> begun =
        meter.measure(
            CoordinatorStep.ADVERTISE_KEYS,
            () ->
                AdvertiseKeys.begin(descriptor, cohort.primitives(), participants.byId().keySet()));
    this.phase = begun.next();
    begun.effects().stream().filter(ServerEffect.Offer.class::isInstance).forEach(toDo::add);
  }

  CpuMeter<CoordinatorStep> meter() {
    return meter;
  }

  ParticipantSide participants() {
    return participants;
  }

  BenchSum sum() {
    return sum;
  }

  /**
   * Runs until the sum is open, or cannot be opened any more, or the predicate stops it.
   *
   * @param stopsBefore asked before the coordinator is told of an event; the session then stays as
   *     it is
   */
  ServerPhase run(Predicate<ServerEvent> stopsBefore) {
    while (!isOver(phase)) {
      ServerEvent event = nextEvent();
      if (event == null) {
        perform(toDo.remove());
      } else if (stopsBefore.test(event)) {
        return phase;
      } else {
        take(meter.measure(stepOf(event), () -> phase.on(event)));
      }
    }
    toDo.forEach(this::perform);
    return phase;
  }

  private static boolean isOver(ServerPhase phase) {
    return phase instanceof ServerPhase.Completed || phase instanceof ServerPhase.Failed;
  }

  /** Null while there is something to do first. */
  private @Nullable ServerEvent nextEvent() {
    ParticipantSide.Arrival arrival = participants.nextArrival();
    if (arrival instanceof ParticipantSide.Input input) {
      arrived = Optional.of(input.vector());
      return new ServerEvent.InputReceived(
          input.receipt(), meter.measure(CoordinatorStep.HASHING, input.vector()::digest));
    }
    if (arrival instanceof ParticipantSide.Message message) {
      return message.event();
    }
    if (!results.isEmpty()) {
      return results.remove();
    }
    return toDo.isEmpty() ? new ServerEvent.DeadlineReached(stage) : null;
  }

  /** Its effects come before what is still to be done. */
  private void take(Step<ServerPhase, ServerEffect> step) {
    List<ServerEffect> effects = step.effects();
    for (int i = effects.size() - 1; i >= 0; i--) {
      if (effects.get(i) instanceof ServerEffect.StartDeadline deadline) {
        stage = deadline.stage();
      } else {
        toDo.addFirst(effects.get(i));
      }
    }
    phase = step.next();
  }

  private static CoordinatorStep stepOf(ServerEvent event) {
    if (event instanceof ServerEvent.Advertised) {
      return CoordinatorStep.ADVERTISE_KEYS;
    }
    if (event instanceof ServerEvent.SharesReceived) {
      return CoordinatorStep.SHARE_KEYS;
    }
    if (event instanceof ServerEvent.InputReceived) {
      return CoordinatorStep.MASKED_INPUT;
    }
    if (event instanceof ServerEvent.Confirmed) {
      return CoordinatorStep.CONSISTENCY_CHECK;
    }
    return event instanceof ServerEvent.DeadlineReached deadline
        ? stepOf(deadline.stage())
        : CoordinatorStep.UNMASKING;
  }

  private static CoordinatorStep stepOf(Stage stage) {
    return switch (stage) {
      case ADVERTISE_KEYS -> CoordinatorStep.ADVERTISE_KEYS;
      case SHARE_KEYS -> CoordinatorStep.SHARE_KEYS;
      case MASKED_INPUT -> CoordinatorStep.MASKED_INPUT;
      case CONSISTENCY_CHECK -> CoordinatorStep.CONSISTENCY_CHECK;
      case UNMASKING -> CoordinatorStep.UNMASKING;
    };
  }

  private void perform(ServerEffect effect) {
    if (effect instanceof ServerEffect.Offer) {
      participants.offer(descriptor, signature);
    } else if (effect instanceof ServerEffect.SendRoster send) {
      participants.sendRoster(send.roster());
    } else if (effect instanceof ServerEffect.DeliverShares deliver) {
      participants.deliver(deliver);
    } else if (effect instanceof ServerEffect.AnnounceSurvivors announce) {
      participants.announce(announce);
    } else if (effect instanceof ServerEffect.RequestUnmasking request) {
      participants.requestUnmasking(request);
    } else {
      performOnSum(effect);
    }
  }

  private void performOnSum(ServerEffect effect) {
    if (effect instanceof ServerEffect.Include) {
      arrived.ifPresent(sum::include);
    } else if (effect instanceof ServerEffect.OpenSecrets open) {
      SecretOpening.Result result = meter.measure(CoordinatorStep.OPENING_SECRETS, open.job()::run);
      results.add(new ServerEvent.SecretsOpened(result));
    } else if (effect instanceof ServerEffect.RemoveMasks remove) {
      sum.remove(remove.terms());
    }
    // Nothing to take back: the vector of whoever is dropped before its receipt was never added.
  }
}
