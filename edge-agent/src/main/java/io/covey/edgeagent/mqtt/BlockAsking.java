package io.covey.edgeagent.mqtt;

import io.covey.edgeagent.mqtt.ArtifactFetcher.Context;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.Limits;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.transport.QualityOfService;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of one artifact that are not here: asks for them, one topic each, and for those again
 * that do not come in time.
 *
 * <p>Asking is subscribing, at QoS 0: the broker sends what it has retained, once, and nothing is
 * repeated after a lost acknowledgement. A block that does not come is subscribed to again, which
 * has a retained one sent again, or requested from the coordinator, which then publishes it to all
 * who wait; turn by turn, beginning with what has answered before. A subscription stays until its
 * block is here, so that late answers count too.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class BlockAsking {
  /** How many windows of blocks are listened for beyond those that are asked for. */
  private static final int WINDOWS_AHEAD = 2;

  /** One block that is asked for; a probe holds no place in the window. */
  private record Asked(
      long number, boolean probe, long arrivalsBefore, Instant since, Scheduler.Timer timer) {

    Asked again(Scheduler.Timer newTimer) {
      return new Asked(number, probe, arrivalsBefore, since, newTimer);
    }
  }

  /** What the artifact's transfer is asked and told. */
  interface Owner {
    /** A block that was asked for alone has not come. */
    void fruitless();

    /** Whether the first blocks may come in another way, so that the last ones are asked for. */
    boolean asksFromEnd();
  }

  private final Context context;
  private final ModelName model;
  private final ArtifactReference artifact;
  private final Owner owner;
  private final BitSet missing = new BitSet();
  private final BitSet subscribed = new BitSet();
  private final BitSet requested = new BitSet();
  private final Map<Integer, Asked> asked = new LinkedHashMap<>();
  private final Map<Integer, Integer> expiries = new HashMap<>();
  private boolean heardRetained;

  /** Nothing has come yet, or nothing since a pause: one block is asked for at a time. */
  private boolean probing = true;

  /**
   * @param owner whose artifact it is
   */
  BlockAsking(Context context, ModelName model, ArtifactReference artifact, Owner owner) {
    this.context = context;
    this.model = model;
    this.artifact = artifact;
    this.owner = owner;
  }

  /** From now on these are missing, and no others. */
  void begin(BitSet blocks) {
    missing.clear();
    missing.or(blocks);
    expiries.clear();
    requested.clear();
  }

  /** This one is missing too, again. */
  void add(int index) {
    missing.set(index);
  }

  /** Those that are missing and not asked for. */
  BitSet missing() {
    return (BitSet) missing.clone();
  }

  /**
   * A block has come in another way; it is neither missing nor asked for any more.
   *
   * @return whether it was wanted
   */
  boolean cameOtherwise(int index) {
    if (!wants(index)) {
      return false;
    }
    missing.clear(index);
    unsubscribe(index);
    Asked known = asked.remove(index);
    if (known != null) {
      known.timer().cancel();
      if (!known.probe()) {
        context.flow().release();
      }
    }
    return true;
  }

  boolean hasNext() {
    return !missing.isEmpty();
  }

  /**
   * @param room whether there is room in the window; a probe needs none, so that what never comes
   *     does not hold up what does
   */
  boolean mayAsk(boolean room) {
    return probing ? asked.isEmpty() : room;
  }

  boolean isProbing() {
    return probing;
  }

  int nextBytes() {
    return artifact.chunkLengthBytes(next());
  }

  /** Both ways meet where there is one from the other end. */
  private int next() {
    return owner.asksFromEnd() ? missing.length() - 1 : missing.nextSetBit(0);
  }

  boolean wants(int index) {
    return missing.get(index) || asked.containsKey(index);
  }

  void askNext(long number) {
    int index = next();
    missing.clear(index);
    boolean request = asksCoordinator(expiries.getOrDefault(index, 0));
    if (!request || !subscribed.get(index)) {
      subscribe(index);
    }
    if (request) {
      requested.set(index);
      context.source().request(this);
      if (comesOnRequest()) {
        listenAhead();
      }
    }
    asked.put(
        index,
        new Asked(
            number, probing, context.flow().arrivals(), context.scheduler().now(), timer(index)));
  }

  /**
   * Where blocks come on request only, what others have asked for is of use here too: blocks that
   * are not asked for yet are subscribed to, so that agents that ask at different times share one
   * answer. Never more than {@link #WINDOWS_AHEAD} of the window beyond what is asked for, and none
   * where a rate was set, since nothing of them counts against it. What a broker has retained would
   * come at once, beyond the window.
   */
  private void listenAhead() {
    int ahead =
        context.settings().bytesPerSecond() > 0 ? 0 : WINDOWS_AHEAD * context.flow().window();
    int index = missing.nextSetBit(0);
    while (index >= 0 && ahead > 0) {
      if (!subscribed.get(index)) {
        subscribe(index);
      }
      ahead--;
      index = missing.nextSetBit(index + 1);
    }
  }

  private void subscribe(int index) {
    subscribed.set(index);
    context.transport().subscribe(topic(index), QualityOfService.AT_MOST_ONCE);
  }

  private Scheduler.Timer timer(int index) {
    Duration patience = probing ? context.settings().progressTimeout() : context.flow().timeout();
    return context.scheduler().schedule(patience, () -> expired(index));
  }

  /** All that the coordinator was asked for and that has not come; empty for nothing. */
  Optional<ChunksWanted> request() {
    List<Integer> waiting =
        asked.keySet().stream()
            .filter(requested::get)
            .sorted()
            .limit(Limits.CHUNKS_WANTED)
            .toList();
    return waiting.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChunksWanted(model, artifact.digest(), waiting));
  }

  /** As far as is known, blocks are not with the broker. */
  private boolean comesOnRequest() {
    return context.source().isOnRequest() && !heardRetained;
  }

  /** Turn by turn once something has not come; what has answered before goes first. */
  private boolean asksCoordinator(int before) {
    if (comesOnRequest()) {
      return true;
    }
    return before > 0 && before % 2 == (heardRetained ? 0 : 1);
  }

  /**
   * A block that was wanted has come.
   *
   * @return whether it holds a place in the window
   */
  boolean arrived(int index, boolean retained) {
    probing = false;
    learn(retained);
    missing.clear(index);
    unsubscribe(index);
    Asked known = asked.remove(index);
    if (known == null) {
      context.flow().overheard();
      return false;
    }
    known.timer().cancel();
    context.flow().arrived();
    boolean counted = !known.probe();
    if (!expiries.containsKey(index)) {
      context.flow().measured(Duration.between(known.since(), context.scheduler().now()));
    }
    return counted;
  }

  /** What came in place of a block that was wanted is of no use. */
  void rejected(int index) {
    unsubscribe(index);
    Asked known = asked.remove(index);
    if (known != null) {
      known.timer().cancel();
      if (!known.probe()) {
        context.flow().release();
      }
    }
    missing.set(index);
    expiries.merge(index, 1, Integer::sum);
  }

  private void learn(boolean retained) {
    if (retained) {
      heardRetained = true;
      context.source().setOnRequest(false);
    } else if (!heardRetained) {
      // Whoever has requested it: the broker would have sent it when it was subscribed to.
      context.source().setOnRequest(true);
    }
  }

  private void expired(int index) {
    Asked known = asked.get(index);
    if (known == null) {
      return;
    }
    if (!known.probe() && context.flow().mayBeBehind(known.arrivalsBefore())) {
      asked.put(index, known.again(timer(index)));
      return;
    }
    asked.remove(index);
    missing.set(index);
    expiries.merge(index, 1, Integer::sum);
    if (known.probe()) {
      owner.fruitless();
    } else {
      context.flow().expired(known.number());
      probing = asked.isEmpty();
    }
    context.flow().pump();
  }

  /** Takes everything back that was asked for; it is missing then. */
  void withdraw() {
    asked.forEach(
        (index, known) -> {
          known.timer().cancel();
          if (!known.probe()) {
            context.flow().release();
          }
          missing.set(index);
        });
    asked.clear();
    subscribed.stream().boxed().toList().forEach(this::unsubscribe);
  }

  private void unsubscribe(int index) {
    if (subscribed.get(index)) {
      subscribed.clear(index);
      context.transport().unsubscribe(topic(index));
    }
  }

  private String topic(int index) {
    return context.topics().artifactChunk(model, artifact.digest(), index);
  }
}
