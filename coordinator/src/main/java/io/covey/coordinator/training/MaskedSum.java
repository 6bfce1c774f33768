package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.privacy.AggregateDecoder;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The sum of one round's masked updates. Chunks are added as they arrive; those of a participant
 * that is not complete are kept beside, to be taken back should it never be.
 *
 * <p>Memory: one accumulator of d entries, and the kept chunks of those whose uploads are under
 * way, of which {@link io.covey.coordinator.round.RoundSetup#uploadSlots} may be at a time, however
 * many participants there are. All arithmetic runs off the owner's thread, one piece after the
 * other.
 *
 * <p>Thread rule: methods on the owner's scheduler only.
 */
final class MaskedSum {
  private final Scheduler scheduler;
  private final UpdateLayout layout;
  private final int chunkWords;
  private final ModularVector sum;
  private final Map<AgentId, Map<Integer, ByteString>> kept = new HashMap<>();
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);

  MaskedSum(Scheduler scheduler, UpdateLayout layout, int chunkWords) {
    this.scheduler = scheduler;
    this.layout = layout;
    this.chunkWords = chunkWords;
    this.sum = layout.newSum();
  }

  void add(AgentId agent, int index, ByteString words) {
    kept.computeIfAbsent(agent, a -> new TreeMap<>()).put(index, words);
    int offset = index * chunkWords;
    then(words.size() / Long.BYTES, () -> sum.add(words.asReadOnlyByteBuffer(), offset));
  }

  /** The agent's update stays in the sum. */
  void settle(AgentId agent) {
    kept.remove(agent);
  }

  /** Takes out whatever of the agent's update was added and is not settled. */
  void takeBack(AgentId agent) {
    Map<Integer, ByteString> chunks = kept.remove(agent);
    if (chunks != null) {
      chunks.forEach(
          (index, words) ->
              then(
                  words.size() / Long.BYTES,
                  () -> sum.subtract(words.asReadOnlyByteBuffer(), index * chunkWords)));
    }
  }

  /** Bytes that are kept beside the sum. */
  long keptBytes() {
    return kept.values().stream()
        .flatMap(chunks -> chunks.values().stream())
        .mapToLong(ByteString::size)
        .sum();
  }

  /** Applies the terms, and wipes their seeds. */
  void apply(List<MaskTerm> terms) {
    then(
        (long) terms.size() * layout.words(),
        () -> {
          MaskExpander expander = new MaskExpander(Prg.aesCtr());
          for (MaskTerm term : terms) {
            expander.apply(term, sum);
            term.close();
          }
        });
    // Those that were not applied, when the sum was spoiled before.
    last = last.whenComplete((done, failure) -> terms.forEach(MaskTerm::close));
  }

  /** Decodes the sum of {@code reports} updates; fails when it says nothing. */
  CompletionStage<AggregateUpdate> open(int reports) {
    return after(layout.lanes().entries(), () -> new AggregateDecoder(layout).decode(sum, reports));
  }

  private void then(long words, Runnable work) {
    last =
        after(
            words,
            () -> {
              work.run();
              return true;
            });
  }

  /** Whatever fails makes everything behind it fail, so that no half sum is ever decoded. */
  private <T> CompletionStage<T> after(long entries, Callable<T> work) {
    Workload load = new Workload(Workload.Kind.AGGREGATION, entries);
    return last.thenCompose(before -> scheduler.offload(load, work));
  }
}
