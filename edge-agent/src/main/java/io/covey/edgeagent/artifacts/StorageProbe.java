package io.covey.edgeagent.artifacts;

import java.io.IOException;

/**
 * Hears of every step on the disk right before it is taken. In production nothing listens; tests
 * end the process or fail the disk at a step of their choice.
 *
 * <p>Thread rule: called from any worker.
 */
@FunctionalInterface
public interface StorageProbe {

  /** What is about to happen. */
  enum Step {
    /** The files of a staging are made or opened. */
    OPEN_STAGING,
    /** A block is written; it does not count yet. */
    WRITE_BLOCK,
    /** Blocks that were written are forced to the disk. */
    FORCE_BLOCKS,
    /** Blocks that are on the disk are noted as there. */
    NOTE_BLOCKS,
    /** The digest of the whole is worked out. */
    VERIFY,
    /** A file that was verified is renamed into the cache. */
    MOVE,
    /** The notes of a file that is in the cache now are removed. */
    REMOVE_NOTES,
    /** The list of what is served is written. */
    WRITE_SERVED,
    /** What is trusted about releases is written: documents, or the counter that is taken. */
    WRITE_TRUST,
    /** What is on probation, and was returned from, is written. */
    WRITE_PROBATION,
    /** Wrapped keys are written. */
    WRITE_KEYS,
    /** A small file, written beside the one before, is renamed into its place. */
    PUT_IN_PLACE,
    /** A version is loaded, and answers next: no step on the disk, but one between two. */
    SWITCH
  }

  /** Nothing is done at any step. */
  StorageProbe NONE = step -> {};

  /**
   * Hears that a step comes next.
   *
   * @throws IOException to have the step fail as a disk does that is full or read-only
   */
  void before(Step step) throws IOException;
}
