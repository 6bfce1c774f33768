package io.covey.coordinator.round;

import io.covey.crypto.secagg.InfeasibleSecAggException;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SecAggParameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parameters that were derived before. A derivation for a large cohort takes up to seconds, and the
 * same plan is asked round after round.
 *
 * <p>Safe for use by several threads.
 */
final class DerivedParameters {
  private static final int KEPT = 64;
  private static final float LOAD_FACTOR = 0.75f;

  /** Least recently asked for first; guarded by itself. */
  private static final Map<Question, SecAggParameters> KNOWN =
      new LinkedHashMap<>(16, LOAD_FACTOR, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, SecAggParameters> eldest) {
          return size() > KEPT;
        }
      };

  private record Question(int minimum, int maximum, SecAggAssumptions assumptions) {}

  private DerivedParameters() {}

  /** As {@link SecAggParameters#forRosters}. */
  static SecAggParameters forRosters(int minimum, int maximum, SecAggAssumptions assumptions)
      throws InfeasibleSecAggException {
    Question question = new Question(minimum, maximum, assumptions);
    synchronized (KNOWN) {
      SecAggParameters known = KNOWN.get(question);
      if (known != null) {
        return known;
      }
    }
    // Outside the lock: whoever asks for something else need not wait.
    SecAggParameters derived = SecAggParameters.forRosters(minimum, maximum, assumptions);
    synchronized (KNOWN) {
      KNOWN.put(question, derived);
    }
    return derived;
  }
}
