package io.covey.crypto.privacy;

import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;

/**
 * Where everything of an update lies: what participants and coordinator derive alike from a round's
 * {@link UpdateEncoding}. See the package for the arithmetic. With privacy terms the parameters may
 * be rotated, and are padded then; other metrics stand behind them.
 *
 * @param lanes of the vector of parameters and metrics
 */
public record UpdateLayout(UpdateEncoding encoding, LaneLayout lanes) {
  /**
   * Behind the parameters, in this order: weight, loss and correct; with privacy terms loss,
   * accuracy and whether the delta was within the clip norm.
   */
  public static final int METRIC_ENTRIES = 3;

  public UpdateLayout {
    LaneLayout expected = lanesOf(encoding);
    if (!lanes.equals(expected)) {
      throw new IllegalArgumentException("lanes are " + lanes + ", expected " + expected);
    }
    requireRoomForNoise(encoding);
  }

  private static void requireRoomForNoise(UpdateEncoding encoding) {
    if (encoding.privacy().isPresent()) {
      DistributedGaussian mechanism = DistributedGaussian.of(encoding);
      if (!mechanism.fits(encoding.valueBits())) {
        throw new IllegalArgumentException(
            "values of %d bits hold up to %d, expected %d for entries and %d for noise"
                .formatted(
                    encoding.valueBits(),
                    (1 << (encoding.valueBits() - 1)) - 1,
                    mechanism.neededLimit(),
                    mechanism.noiseLimit()));
      }
    }
  }

  /**
   * The layout of an encoding.
   *
   * @param maximumParticipants the largest cohort whose updates may come to be summed
   * @throws IllegalArgumentException if a sum of that many could leave its lane
   */
  public static UpdateLayout of(UpdateEncoding encoding, int maximumParticipants) {
    UpdateLayout layout = new UpdateLayout(encoding, lanesOf(encoding));
    layout.lanes.requireRoomFor(maximumParticipants);
    return layout;
  }

  private static LaneLayout lanesOf(UpdateEncoding encoding) {
    return new LaneLayout(
        parameterEntries(encoding) + METRIC_ENTRIES, encoding.valueBits(), encoding.laneBits());
  }

  private static int parameterEntries(UpdateEncoding encoding) {
    boolean rotated = encoding.privacy().map(PrivacyTerms::rotated).orElse(false);
    return rotated
        ? HadamardRotation.paddedLength(encoding.parameterCount())
        : encoding.parameterCount();
  }

  /** 64-bit words of an update. */
  public int words() {
    return lanes.words();
  }

  /** Bytes of an update. */
  public long bytes() {
    return (long) words() * Long.BYTES;
  }

  /** An accumulator without any update in it. */
  public ModularVector newSum() {
    return new ModularVector(words());
  }

  /** Entries before the metrics: the parameters, padded if they are rotated. */
  int parameterEntries() {
    return lanes.entries() - METRIC_ENTRIES;
  }

  FixedPoint parameters() {
    int levels = (1 << (encoding.valueBits() - 1)) - 1;
    // Under privacy the clip norm is so many steps; otherwise it is the range.
    int clipSteps = encoding.privacy().map(PrivacyTerms::clipSteps).orElse(levels);
    return new FixedPoint(
        encoding.valueBits(), encoding.clipNorm() * (levels / (double) clipSteps));
  }

  int metricEntry(int metric) {
    return parameterEntries() + metric;
  }

  int weightEntry() {
    return metricEntry(0);
  }

  int lossEntry() {
    return metricEntry(1);
  }

  int correctEntry() {
    return metricEntry(2);
  }

  /**
   * The level of the largest loss at full weight; the loss entry has no offset, since no loss is
   * negative.
   */
  int lossLevels() {
    return lanes.maximumValue();
  }
}
