package io.covey.crypto.privacy;

import io.covey.crypto.privacy.UnusableAggregateException.Reason;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.LanePacking;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Turns the sum of a cohort's words into the weighted mean of its updates: the coordinator's half
 * of the arithmetic in the package description, and algorithm 2 of Kairouz, Liu and Steinke, ICML
 * 2021. Immutable; any thread may use it.
 */
public final class AggregateDecoder {
  private static final int BLOCK_ENTRIES = 3072;

  private final UpdateLayout layout;

  public AggregateDecoder(UpdateLayout layout) {
    this.layout = layout;
  }

  /**
   * Decodes a sum, which stays as it is.
   *
   * @param sum of whole updates, {@link UpdateLayout#words()} long, without masks
   * @param participants how many updates were added, at least 1
   * @throws UnusableAggregateException if the sum has no weight, or an entry that so many
   *     participants cannot reach
   * @throws IllegalArgumentException if the lanes do not hold that many updates, or so few do not
   *     bring the noise that the privacy terms count on: such a sum must not be opened
   */
  public AggregateUpdate decode(ModularVector sum, int participants)
      throws UnusableAggregateException {
    layout.lanes().requireRoomFor(participants);
    if (sum.length() != layout.words()) {
      throw new IllegalArgumentException(
          "sum of %d words, expected %d".formatted(sum.length(), layout.words()));
    }
    requireUnusedBitsZero(sum);
    return layout.encoding().privacy().isPresent()
        ? decodePrivate(sum, participants)
        : decodePlain(sum, participants);
  }

  private AggregateUpdate decodePlain(ModularVector sum, int participants)
      throws UnusableAggregateException {
    UpdateEncoding encoding = layout.encoding();
    long weight = entry(sum, layout.weightEntry());
    requireAtMost("weight", weight, (long) participants * encoding.maximumWeight());
    if (weight == 0) {
      throw new UnusableAggregateException(
          Reason.NO_WEIGHT, "the weights of %d updates add up to zero".formatted(participants));
    }
    if (weight < participants) {
      throw new UnusableAggregateException(
          Reason.OUT_OF_RANGE,
          "the weights of %d updates add up to %d, at least 1 each expected"
              .formatted(participants, weight));
    }
    long loss = entry(sum, layout.lossEntry());
    requireAtMost("loss", loss, (long) participants * layout.lossLevels());
    long correct = entry(sum, layout.correctEntry());
    requireAtMost("correct", correct, weight);
    double share = encoding.maximumWeight() / (double) weight;
    return new AggregateUpdate(
        meanDelta(sum, participants, share, farthest(weight, participants)),
        weight,
        loss * share * encoding.maximumLoss() / layout.lossLevels(),
        correct / (double) weight,
        OptionalDouble.empty());
  }

  /** Every participant weighs the same, and how many there are is no secret. */
  private AggregateUpdate decodePrivate(ModularVector sum, int participants)
      throws UnusableAggregateException {
    PrivacyTerms terms = layout.encoding().privacy().orElseThrow();
    if (participants < terms.minimumHonest()) {
      throw new IllegalArgumentException(
          "%d participants, expected at least the %d whose noise was promised"
              .formatted(participants, terms.minimumHonest()));
    }
    // Noise reaches every level.
    float[] mean = meanDelta(sum, participants, 1.0 / participants, Long.MAX_VALUE);
    HadamardRotation.of(terms).ifPresent(rotation -> rotation.unrotate(mean));
    return new AggregateUpdate(
        Arrays.copyOf(mean, layout.encoding().parameterCount()),
        participants,
        privateMetric(sum, participants, 0) * layout.encoding().maximumLoss(),
        privateMetric(sum, participants, 1),
        OptionalDouble.of(privateMetric(sum, participants, 2)));
  }

  /** A metric's mean as a share of its range; noise may lead out of it, and is cut there. */
  private double privateMetric(ModularVector sum, int participants, int metric)
      throws UnusableAggregateException {
    long level = entry(sum, layout.metricEntry(metric));
    requireAtMost("a metric's entry", level, (long) participants * layout.lanes().maximumValue());
    double span = DistributedGaussian.of(layout.encoding()).metricSteps();
    double steps = level - (double) participants * layout.parameters().offset();
    return Math.max(0, Math.min(1, (steps / participants / span + 1) / 2));
  }

  /**
   * How far from zero a parameter's entry may be: a participant's is within its share of the
   * weight, and rounded. Or one that lies about its weight could make the mean as large as it
   * likes.
   */
  private long farthest(long weight, int participants) {
    double share = weight / (double) layout.encoding().maximumWeight();
    // Below 2^44, so one level more is enough for the error of the product.
    return (long) (layout.parameters().levels() * share) + participants + 1;
  }

  private float[] meanDelta(ModularVector sum, int participants, double share, long farthest)
      throws UnusableAggregateException {
    LaneLayout lanes = layout.lanes();
    float[] mean = new float[layout.parameterEntries()];
    long[] words = new long[BLOCK_ENTRIES / lanes.lanesPerWord()];
    long[] sums = new long[words.length * lanes.lanesPerWord()];
    FixedPoint fixedPoint = layout.parameters();
    // Exact: offsets of up to 2^31 participants with 24 bits stay below 2^55.
    long offset = (long) participants * fixedPoint.offset();
    double unit = fixedPoint.step() * share;
    long largest = 0;
    long distance = 0;
    for (int word = 0; word < lanes.words(); word += words.length) {
      int count = Math.min(words.length, lanes.words() - word);
      sum.copyTo(word, count, words);
      LanePacking.unpack(lanes, words, count, sums);
      int first = word * lanes.lanesPerWord();
      int entries = Math.min(count * lanes.lanesPerWord(), mean.length - first);
      for (int i = 0; i < entries; i++) {
        largest = Math.max(largest, sums[i]);
        distance = Math.max(distance, Math.abs(sums[i] - offset));
        mean[first + i] = (float) ((sums[i] - offset) * unit);
      }
    }
    requireAtMost("a parameter's entry", largest, (long) participants * lanes.maximumValue());
    requireAtMost("a parameter's distance from zero", distance, farthest);
    return mean;
  }

  /** What is set behind the last entry came from an overflow, a stray mask or a hostile update. */
  private void requireUnusedBitsZero(ModularVector sum) throws UnusableAggregateException {
    LaneLayout lanes = layout.lanes();
    int lastLanes = lanes.entries() - (lanes.words() - 1) * lanes.lanesPerWord();
    int usedBits = lastLanes * lanes.laneBits();
    if (usedBits < Long.SIZE && sum.word(sum.length() - 1) >>> usedBits != 0) {
      throw new UnusableAggregateException(
          Reason.OUT_OF_RANGE, "bits behind the last entry are set");
    }
  }

  private long entry(ModularVector sum, int entry) {
    LaneLayout lanes = layout.lanes();
    long word = sum.word(entry / lanes.lanesPerWord());
    return (word >>> (entry % lanes.lanesPerWord() * lanes.laneBits()))
        & ((1L << lanes.laneBits()) - 1);
  }

  private static void requireAtMost(String what, long value, long maximum)
      throws UnusableAggregateException {
    if (value > maximum) {
      throw new UnusableAggregateException(
          Reason.OUT_OF_RANGE, "%s is %d, at most %d expected".formatted(what, value, maximum));
    }
  }
}
