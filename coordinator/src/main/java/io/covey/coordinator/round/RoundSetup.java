package io.covey.coordinator.round;

import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import java.util.random.RandomGenerator;

/**
 * What a round needs to know before it begins.
 *
 * @param descriptor of the session in which the cohort's updates are summed
 * @param primitives that the session's messages are checked with
 * @param uploadSlots how many masked updates may be on their way in at a time, at least 1
 * @param selection draws the cohort
 */
public record RoundSetup(
    TrainingPlan plan,
    SessionDescriptor descriptor,
    SessionPrimitives primitives,
    int uploadSlots,
    RandomGenerator selection) {
  public RoundSetup {
    if (uploadSlots < 1) {
      throw new IllegalArgumentException(uploadSlots + " upload slots, expected at least 1");
    }
  }

  /** 64-bit words of a complete update. */
  int wordCount() {
    return descriptor.vector().layout().words();
  }

  int chunkCount() {
    return descriptor.vector().chunks();
  }

  /** With fewer, no secret opens, or the sum hides too little. */
  int smallestCohort() {
    return Math.max(plan.minimumReports(), descriptor.cohort().threshold() + 1);
  }

  boolean hasShape(int index, int count, int words) {
    int chunkWords = descriptor.vector().chunkWords();
    return count == chunkCount()
        && index >= 0
        && index < count
        // No overflow: index is below chunkCount, so the product is below wordCount.
        && words == Math.min(chunkWords, wordCount() - index * chunkWords);
  }
}
