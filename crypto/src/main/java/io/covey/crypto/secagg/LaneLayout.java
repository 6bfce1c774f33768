package io.covey.crypto.secagg;

/**
 * How a vector of small non-negative integers lies in 64-bit words.
 *
 * @param entries length of the vector, at least 1
 * @param valueBits bits of one participant's entry, 1 to 31
 * @param laneBits bits of the lane that holds the sum of all participants' entries, {@code
 *     valueBits} to 63
 */
public record LaneLayout(int entries, int valueBits, int laneBits) {
  /** So that an entry is a non-negative int. */
  public static final int MAXIMUM_VALUE_BITS = 31;

  /** So that a lane's sum is a non-negative long. */
  public static final int MAXIMUM_LANE_BITS = 63;

  public LaneLayout {
    check("entries", entries, 1, Integer.MAX_VALUE);
    check("value bits", valueBits, 1, MAXIMUM_VALUE_BITS);
    check("lane bits", laneBits, valueBits, MAXIMUM_LANE_BITS);
  }

  /**
   * The narrowest lane that no sum can leave: {@code ceil(log2(n*(2^b-1)+1))}.
   *
   * @param valueBits b, 1 to 31
   * @param maximumParticipants n, at least 1
   */
  public static int minimumLaneBits(int valueBits, int maximumParticipants) {
    check("value bits", valueBits, 1, MAXIMUM_VALUE_BITS);
    check("maximum participants", maximumParticipants, 1, Integer.MAX_VALUE);
    // No overflow: both factors are below 2^31.
    long largestSum = maximumParticipants * ((1L << valueBits) - 1);
    return Long.SIZE - Long.numberOfLeadingZeros(largestSum);
  }

  public int lanesPerWord() {
    return Long.SIZE / laneBits;
  }

  /** Words that hold all entries; the last may have lanes to spare. */
  public int words() {
    return (entries - 1) / lanesPerWord() + 1;
  }

  /** The largest entry of one participant. */
  public int maximumValue() {
    return (int) ((1L << valueBits) - 1);
  }

  /** How many vectors can be added before a sum could leave its lane. */
  public long maximumParticipants() {
    return ((1L << laneBits) - 1) / maximumValue();
  }

  /**
   * Refuses what could overflow.
   *
   * @throws IllegalArgumentException if the sum of that many vectors could leave its lane
   */
  public void requireRoomFor(int participants) {
    if (participants < 1 || participants > maximumParticipants()) {
      throw new IllegalArgumentException(
          "%d participants, expected 1 to %d: lanes of %d bits hold no more sums of %d-bit values"
              .formatted(participants, maximumParticipants(), laneBits, valueBits));
    }
  }

  /** The bits that may be set in a word of one participant's vector. */
  public long valueMask() {
    return valueMask(lanesPerWord());
  }

  /** The bits that may be set in the last word of one participant's vector. */
  public long lastWordValueMask() {
    return valueMask(entries - (words() - 1) * lanesPerWord());
  }

  private long valueMask(int lanes) {
    long mask = 0;
    for (int lane = 0; lane < lanes; lane++) {
      mask |= (long) maximumValue() << (lane * laneBits);
    }
    return mask;
  }

  private static void check(String what, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }
}
