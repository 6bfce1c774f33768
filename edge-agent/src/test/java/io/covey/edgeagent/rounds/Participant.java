package io.covey.edgeagent.rounds;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.client.ParticipantKeys;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One agent in the session of a {@link SessionFleet}, and everything that it does. */
final class Participant implements RoundSession.Listener {
  /** So that a test can come between an event and its answer. */
  private static final Duration WORK = Duration.ofMillis(1);

  final AgentIdentity identity;
  final List<RoundMessage> published = new ArrayList<>();

  /** Published kinds, "decided" and how the session ended, in their order. */
  final List<String> history = new ArrayList<>();

  /** When each of these happened. */
  final List<Instant> moments = new ArrayList<>();

  private final SessionFleet fleet;
  private final Scheduler scheduler;
  private final DecisionLog log;
  private final ParticipantMinima minima;
  private final Random random;
  private final List<SecretBytes> secrets = new ArrayList<>();
  private long[] plain = {};
  private @Nullable ModularVector handedOver;
  private @Nullable RoundSession session;

  /** Called before a message is published. */
  Runnable beforePublishing = () -> {};

  /** Whether the link takes messages. */
  boolean linkBroken;

  /** Whether the update is ready only when a test says so. */
  boolean trainsForEver;

  Participant(
      SessionFleet fleet,
      AgentIdentity identity,
      DecisionLog log,
      ParticipantMinima minima,
      long seed) {
    this.fleet = fleet;
    this.identity = identity;
    this.log = log;
    this.minima = minima;
    this.random = new Random(seed);
    this.scheduler = fleet.time.device(load -> WORK);
  }

  /** The first invitation begins a session; any other is a redelivery. */
  void invited(RoundPlan plan) {
    if (session == null) {
      begin(plan);
      scheduler.schedule(SessionFleet.TRAINING, this::train);
    }
  }

  private void begin(RoundPlan plan) {
    Enrolment enrolment = Enrolment.of(identity, recording(), minima, scheduler::now);
    try {
      UpdateLayout layout = UpdateLayout.of(plan.encoding(), plan.cohortSize());
      SessionDescriptor descriptor =
          SessionDescriptors.of(SessionFleet.FLEET, plan, layout.lanes().entries());
      plain = random.longs(layout.words(), 0, 1L << 12).toArray();
      SessionReader reader = new SessionReader(enrolment, plan, descriptor, keys());
      session = new RoundSession(scheduler, this::publish, enrolment.decisions(), reader, this);
      session.begin();
    } catch (DecodeException e) {
      throw new AssertionError("a plan that describes no session", e);
    }
  }

  private void train() {
    if (!trainsForEver) {
      updateReady();
    }
  }

  void updateReady() {
    ModularVector update = new ModularVector(plain.length);
    update.add(plain);
    handedOver = update;
    session().updateReady(update);
  }

  /** Whether the session was given an update that is neither masked nor overwritten. */
  boolean plainUpdateIsThere() {
    ModularVector given = handedOver;
    return given != null && given.word(0) == plain[0] && given.word(1) == plain[1];
  }

  long[] plainWords() {
    return plain;
  }

  private ParticipantKeys keys() {
    return new ParticipantKeys(
        identity.agent(),
        identity.signingKey(),
        secret(),
        new ParticipantKeys.Fresh(
            secret(), secret(), Octets.copyOf(bytes()), AesCtrRandomWords.fromSeed(bytes())));
  }

  private SecretBytes secret() {
    SecretBytes secret = SecretBytes.owning(bytes());
    secrets.add(secret);
    return secret;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return bytes;
  }

  private DecisionLog recording() {
    return new DecisionLog() {
      @Override
      public boolean record(Octets decided, Octets survivorRoot) {
        boolean recorded = log.record(decided, survivorRoot);
        happened(recorded ? "decided" : "decided before");
        return recorded;
      }

      @Override
      public void close() {
        log.close();
      }
    };
  }

  private CompletionStage<Void> publish(RoundMessage message) {
    beforePublishing.run();
    if (linkBroken) {
      return CompletableFuture.failedStage(new IllegalStateException("the link is broken"));
    }
    published.add(message);
    happened(message.getClass().getSimpleName());
    fleet.carry(identity.agent(), message);
    CompletableFuture<Void> taken = new CompletableFuture<>();
    scheduler.schedule(Duration.ofMillis(2), () -> taken.complete(null));
    return taken;
  }

  void received(RoundMessage message) {
    if (session != null) {
      session.received(message);
    }
  }

  void cancel() {
    if (session != null) {
      session.cancel();
    }
  }

  RoundSession session() {
    return Objects.requireNonNull(session);
  }

  boolean hasBegun() {
    return session != null;
  }

  int count(Class<? extends RoundMessage> kind) {
    return (int) published.stream().filter(kind::isInstance).count();
  }

  private void happened(String what) {
    history.add(what);
    moments.add(fleet.time.now());
  }

  /** The last thing that happened. */
  String end() {
    return history.isEmpty() ? "" : history.get(history.size() - 1);
  }

  /** Whether the keys that were drawn for the session are gone. */
  boolean secretsWiped() {
    return !secrets.isEmpty() && secrets.stream().allMatch(Participant::isWiped);
  }

  private static boolean isWiped(SecretBytes secret) {
    try {
      secret.reveal();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  Optional<RefusalReason> refusal() {
    return history.stream()
        .filter(entry -> entry.startsWith("left "))
        .map(entry -> RefusalReason.valueOf(entry.substring("left ".length())))
        .findFirst();
  }

  @Override
  public void finished() {
    happened("finished");
  }

  @Override
  public void left(RefusalReason reason) {
    happened("left " + reason);
  }

  @Override
  public void failed(String detail) {
    happened("failed " + detail);
  }
}
