package io.covey.crypto.message;

import java.util.BitSet;

/**
 * Which sequence numbers of one sender have been seen: a sliding window as of RFC 4303, section
 * 3.4.3. A number that was seen, and one that has fallen behind the window, is a repetition.
 *
 * <p>Belongs to one thread.
 */
public final class ReplayWindow {
  /**
   * More than a transport has under way at a time, so that nothing that was merely overtaken falls
   * behind; 128 bytes for each sender.
   */
  static final int SIZE = 1024;

  /** The number n stands at bit n mod {@link #SIZE}. */
  private final BitSet seen = new BitSet(SIZE);

  private long highest = -1;

  /**
   * Notes a number.
   *
   * @param sequence 0 or more
   * @return whether it is seen for the first time
   */
  public boolean isNew(long sequence) {
    if (sequence > highest) {
      forget(sequence);
      highest = sequence;
    } else if (highest - sequence >= SIZE || seen.get(bitOf(sequence))) {
      return false;
    }
    seen.set(bitOf(sequence));
    return true;
  }

  /** Frees the bits of the numbers above the highest one, up to {@code sequence}. */
  private void forget(long sequence) {
    // No overflow: highest is -1 or more, and below sequence.
    if (sequence - highest >= SIZE) {
      seen.clear();
      return;
    }
    for (long number = highest + 1; number <= sequence; number++) {
      seen.clear(bitOf(number));
    }
  }

  private static int bitOf(long sequence) {
    return (int) (sequence % SIZE);
  }
}
