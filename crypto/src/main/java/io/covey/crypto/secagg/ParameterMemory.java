package io.covey.crypto.secagg;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Parameters of random graphs that were computed before: a model's rounds ask for the same ones
 * again and again, and each takes sums in long decimals, up to some hundred milliseconds for a
 * large cohort. Remembers a bounded number of answers, that there are none among them, and forgets
 * those that were asked for least recently.
 *
 * <p>Holds public numbers only; what it answers depends on the question alone. Thread-safe; two
 * threads may compute the same.
 */
final class ParameterMemory {
  private static final int CAPACITY = 64;
  private static final float LOAD_FACTOR = 0.75f;

  /** Least recently used first; guarded by itself. */
  private final LinkedHashMap<GraphConditions, Answer> known =
      new LinkedHashMap<>(16, LOAD_FACTOR, true);

  /**
   * What came out.
   *
   * @param infeasible why there are none; empty when there are
   */
  private record Answer(Optional<SecAggParameters> parameters, String infeasible) {}

  /** As {@link GraphConditions#least}. */
  SecAggParameters least(GraphConditions conditions) throws InfeasibleSecAggException {
    Answer answer = remembered(conditions).orElseGet(() -> compute(conditions));
    remember(conditions, answer);
    if (answer.parameters().isEmpty()) {
      throw new InfeasibleSecAggException(answer.infeasible());
    }
    return answer.parameters().get();
  }

  private static Answer compute(GraphConditions conditions) {
    try {
      return new Answer(Optional.of(conditions.least()), "");
    } catch (InfeasibleSecAggException e) {
      return new Answer(Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  private Optional<Answer> remembered(GraphConditions conditions) {
    synchronized (known) {
      return Optional.ofNullable(known.get(conditions));
    }
  }

  private void remember(GraphConditions conditions, Answer answer) {
    synchronized (known) {
      known.put(conditions, answer);
      if (known.size() > CAPACITY) {
        Map.Entry<GraphConditions, Answer> oldest = known.entrySet().iterator().next();
        known.remove(oldest.getKey());
      }
    }
  }
}
