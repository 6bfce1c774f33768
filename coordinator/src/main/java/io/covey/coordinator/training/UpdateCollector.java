package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.DropReason;
import io.covey.crypto.privacy.AggregateDecoder;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.UpdateCheck;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.privacy.UpdateRefusal;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The updates of one round: pieces until an update is complete, then one sum.
 *
 * <p>Memory: one accumulator of d entries, and at most {@code inFlightBytes} of updates that are
 * not yet in it, however many participants there are. Additions run off the owner's thread, one
 * after the other.
 *
 * <p>Thread rule: methods on the owner's scheduler only.
 */
final class UpdateCollector {
  private final Scheduler scheduler;
  private final UpdateLayout layout;
  private final UpdateCheck check;
  private final ModularVector sum;
  private final long inFlightLimit;
  private final Map<AgentId, ByteString[]> pieces = new HashMap<>();
  private long inFlightBytes;
  private CompletionStage<?> lastAddition = CompletableFuture.completedFuture(null);

  UpdateCollector(Scheduler scheduler, UpdateLayout layout, long inFlightLimit) {
    this.scheduler = scheduler;
    this.layout = layout;
    this.check = new UpdateCheck(layout);
    this.sum = layout.newSum();
    this.inFlightLimit = inFlightLimit;
  }

  /** Keeps a piece; false when there is no room for it. */
  boolean keep(AgentId agent, int index, int count, ByteString words) {
    if (inFlightBytes + words.size() > inFlightLimit) {
      return false;
    }
    inFlightBytes += words.size();
    pieces.computeIfAbsent(agent, a -> new ByteString[count])[index] = words;
    return true;
  }

  /** Whether every piece of the agent's update is here. */
  boolean isComplete(AgentId agent) {
    ByteString[] kept = pieces.get(agent);
    return kept != null && Arrays.stream(kept).noneMatch(Objects::isNull);
  }

  /**
   * Checks the agent's complete update and adds it.
   *
   * @return empty when it is in the sum
   */
  CompletionStage<Optional<DropReason>> addToSum(AgentId agent) {
    ByteString[] kept = pieces.get(agent);
    if (kept == null) {
      throw new IllegalStateException("no update of " + agent + " is complete");
    }
    List<ByteString> update = List.of(kept);
    Workload load = new Workload(Workload.Kind.AGGREGATION, layout.lanes().entries());
    CompletionStage<Optional<DropReason>> added =
        lastAddition.thenCompose(before -> scheduler.offload(load, () -> checkAndAdd(update)));
    lastAddition = added.exceptionally(failure -> Optional.empty());
    return added.whenComplete((refusal, failure) -> discard(agent));
  }

  /** Lets go of whatever an agent has sent. */
  void discard(AgentId agent) {
    ByteString[] kept = pieces.remove(agent);
    if (kept != null) {
      inFlightBytes -=
          Arrays.stream(kept).mapToLong(piece -> piece == null ? 0 : piece.size()).sum();
    }
  }

  /** Opens the sum of {@code reports} updates; fails when it says nothing. */
  CompletionStage<AggregateUpdate> open(int reports) {
    return lastAddition.thenCompose(
        before ->
            scheduler.offload(
                new Workload(Workload.Kind.AGGREGATION, layout.lanes().entries()),
                () -> new AggregateDecoder(layout).decode(sum, reports)));
  }

  private Optional<DropReason> checkAndAdd(List<ByteString> update) {
    Optional<UpdateRefusal> refusal = check.refusalOf(update);
    if (refusal.isPresent()) {
      return Optional.of(reasonOf(refusal.get()));
    }
    int offset = 0;
    for (ByteString piece : update) {
      sum.add(piece.asReadOnlyByteBuffer(), offset);
      offset += piece.size() / Long.BYTES;
    }
    return Optional.empty();
  }

  private static DropReason reasonOf(UpdateRefusal refusal) {
    return switch (refusal) {
      case WRONG_LENGTH -> DropReason.WRONG_SHAPE;
      case LANE_OUT_OF_RANGE, WEIGHT_OUT_OF_RANGE, LOSS_EXCEEDS_WEIGHT, CORRECT_EXCEEDS_WEIGHT ->
          DropReason.OUT_OF_RANGE;
    };
  }
}
