package io.covey.crypto.privacy;

/** Where the entries of an update come from while it is packed. Read once, from front to back. */
interface EntrySource {
  /**
   * Yields the entries {@code from} to {@code from + count - 1}, each 0 to 2^b-1.
   *
   * @param entries its first {@code count} elements are overwritten
   */
  void read(int from, int count, int[] entries);
}
