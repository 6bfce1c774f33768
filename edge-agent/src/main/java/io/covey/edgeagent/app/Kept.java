package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.rounds.Enrolment;
import java.util.Optional;

/**
 * What an agent keeps on its disk, open.
 *
 * @param enrolment with the log of decisions
 */
record Kept(ArtifactCache cache, Optional<Enrolment> enrolment) implements AutoCloseable {

  /** Lets go of both directories; the identity stays its owner's. */
  @Override
  public void close() {
    cache.close();
    enrolment.ifPresent(enrolled -> enrolled.decisions().close());
  }
}
