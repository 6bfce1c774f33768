package io.covey.edgeagent.rounds;

import io.covey.crypto.primitive.Octets;

/**
 * Which sessions of secure aggregation were decided: before a participant hands out shares, it
 * writes down for which survivors. A second answer for other survivors would open both masks of the
 * participant that is in one set and not in the other (Bonawitz et al., CCS 2017, section 6), so
 * there is one decision for a session, for ever.
 *
 * <p>Implementations are thread-safe; {@link #record} may block on the disk.
 */
public interface DecisionLog extends AutoCloseable {
  /** SHA-256 of the session's descriptor, and of its survivors. */
  int DIGEST_BYTES = 32;

  /**
   * Writes a decision down.
   *
   * @param session {@link #DIGEST_BYTES} bytes
   * @param survivorRoot {@link #DIGEST_BYTES} bytes
   * @return true exactly once for a session, when the decision will be remembered whatever happens;
   *     false when there is one already, whatever it says, and when it could not be written: then
   *     the participant must not answer
   */
  boolean record(Octets session, Octets survivorRoot);

  /**
   * Whether {@link #record} may answer true at all; without that, no round can be taken part in.
   */
  default boolean isOpen() {
    return true;
  }

  /** Lets go of what it holds; every further {@link #record} is answered false. */
  @Override
  void close();
}
