package io.covey.crypto.privacy;

import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.UpdateEncoding;

/**
 * Where everything of an update lies: what participants and coordinator derive alike from a round's
 * {@link UpdateEncoding}. See the package for the arithmetic.
 *
 * @param lanes of the vector of parameters and metrics
 */
public record UpdateLayout(UpdateEncoding encoding, LaneLayout lanes) {
  /** Weight, loss and correct, in this order behind the parameters. */
  public static final int METRIC_ENTRIES = 3;

  public UpdateLayout {
    LaneLayout expected = lanesOf(encoding);
    if (!lanes.equals(expected)) {
      throw new IllegalArgumentException("lanes are " + lanes + ", expected " + expected);
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
        encoding.parameterCount() + METRIC_ENTRIES, encoding.valueBits(), encoding.laneBits());
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

  FixedPoint parameters() {
    return new FixedPoint(encoding.valueBits(), encoding.clipNorm());
  }

  int weightEntry() {
    return encoding.parameterCount();
  }

  int lossEntry() {
    return encoding.parameterCount() + 1;
  }

  int correctEntry() {
    return encoding.parameterCount() + 2;
  }

  /**
   * The level of the largest loss at full weight; the loss entry has no offset, since no loss is
   * negative.
   */
  int lossLevels() {
    return lanes.maximumValue();
  }
}
