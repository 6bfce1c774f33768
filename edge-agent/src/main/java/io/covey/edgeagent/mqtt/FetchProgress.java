package io.covey.edgeagent.mqtt;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a fetch is.
 *
 * @param here blocks that are on the disk
 * @param all blocks that there are
 * @param last when the last one came to the disk; empty if none has since the fetch began
 */
public record FetchProgress(int here, int all, Optional<Instant> last) {
  static final FetchProgress NONE = new FetchProgress(0, 0, Optional.empty());

  /** Of both together. */
  FetchProgress plus(FetchProgress other) {
    boolean later = last.isEmpty() || other.last.filter(at -> at.isAfter(last.get())).isPresent();
    return new FetchProgress(here + other.here, all + other.all, later ? other.last : last);
  }
}
