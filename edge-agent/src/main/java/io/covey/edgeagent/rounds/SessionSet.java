package io.covey.edgeagent.rounds;

import java.nio.ByteBuffer;

/**
 * The first 8 bytes of session ids, which only grow in number: a hash table with open addressing,
 * at most 32 bytes for each. Two sessions that agree in them count as one, so the second is refused
 * although it was not decided; for SHA-256 digests that has a chance of n^2/2^65 among n sessions.
 *
 * <p>Belongs to one thread at a time.
 */
final class SessionSet {
  private static final int INITIAL_SLOTS = 64;

  /** Free slots hold this; the key 0 is kept as 1, which at worst refuses a session. */
  private static final long FREE = 0;

  private long[] slots = new long[INITIAL_SLOTS];
  private int size;

  /**
   * The key of a session.
   *
   * @param session at least 8 bytes of its id
   */
  static long keyOf(byte[] session) {
    return ByteBuffer.wrap(session).getLong();
  }

  int size() {
    return size;
  }

  boolean contains(long key) {
    return slots[slotOf(key, slots)] != FREE;
  }

  /** False if it was there before. */
  boolean add(long key) {
    int slot = slotOf(key, slots);
    if (slots[slot] != FREE) {
      return false;
    }
    slots[slot] = stored(key);
    size++;
    // At most half full, so that a search always ends at a free slot, and soon.
    if (size > slots.length / 2) {
      grow();
    }
    return true;
  }

  private void grow() {
    long[] larger = new long[2 * slots.length];
    for (long key : slots) {
      if (key != FREE) {
        larger[slotOf(key, larger)] = key;
      }
    }
    slots = larger;
  }

  /** Where the key is, or else where it belongs. */
  private static int slotOf(long key, long[] slots) {
    long wanted = stored(key);
    // Slots are a power of two. Digests need no mixing; ids that were ground to collide get some.
    long mixed = wanted * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & (slots.length - 1);
    while (slots[slot] != FREE && slots[slot] != wanted) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private static long stored(long key) {
    return key == FREE ? 1 : key;
  }
}
