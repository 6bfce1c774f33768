package io.covey.crypto.envelope;

/** What came of opening a sealed file. */
public sealed interface OpeningResult {

  /** Every block was authentic, and the plaintext is the one that was promised. */
  record Opened() implements OpeningResult {}

  /**
   * The file is not what it was said to be; what was written of its plaintext is worth nothing.
   *
   * @param block the number of the one that showed it
   */
  record Refused(Reason reason, int block) implements OpeningResult {}

  /** Why a file was refused. */
  enum Reason {
    /** It ends before its length. */
    TOO_SHORT,
    /** It does not begin like a sealed file. */
    NOT_A_SEALED_FILE,
    /** Altered, elsewhere in the file, of another file, or under another key. */
    BLOCK_NOT_AUTHENTIC,
    /** Something follows its last block. */
    TOO_LONG,
    /** All blocks are authentic, but it is not the plaintext that was promised. */
    OTHER_PLAINTEXT
  }
}
