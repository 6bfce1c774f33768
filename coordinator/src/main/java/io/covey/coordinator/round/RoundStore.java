package io.covey.coordinator.round;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where rounds are kept. Calls block; a failure is a {@link java.io.UncheckedIOException}. */
public interface RoundStore {

  /** Inserts or replaces. */
  void save(RoundRecord round);

  /**
   * Rounds of a model, the newest first.
   *
   * @param before only rounds with a smaller number; {@link Integer#MAX_VALUE} for all
   */
  List<RoundRecord> rounds(ModelName model, int before, int limit);

  Optional<RoundRecord> round(RoundId round);

  /** The number of the model's newest round; 0 when it has none. */
  int newestNumber(ModelName model);

  /** Ends every round that is still RUNNING with {@code reason}; answers how many. */
  int failRunning(FailureReason reason, Instant now);
}
