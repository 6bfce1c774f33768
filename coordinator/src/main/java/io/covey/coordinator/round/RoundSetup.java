package io.covey.coordinator.round;

import java.util.random.RandomGenerator;

/**
 * What a round needs to know before it begins.
 *
 * @param wordCount 64-bit words of a complete update
 * @param chunkWords words of every chunk but the last
 * @param selection draws the cohort
 */
public record RoundSetup(
    TrainingPlan plan, int wordCount, int chunkWords, RandomGenerator selection) {
  public RoundSetup {
    if (wordCount < 1 || chunkWords < 1) {
      throw new IllegalArgumentException(
          "an update of " + wordCount + " words in chunks of " + chunkWords);
    }
  }

  int chunkCount() {
    return (wordCount - 1) / chunkWords + 1;
  }

  boolean hasShape(int index, int count, int words) {
    return count == chunkCount()
        && index >= 0
        && index < count
        // No overflow: index is below chunkCount, so the product is below wordCount.
        && words == Math.min(chunkWords, wordCount - index * chunkWords);
  }
}
