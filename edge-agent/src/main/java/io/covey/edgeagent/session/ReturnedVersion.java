package io.covey.edgeagent.session;

import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import java.util.Optional;

/**
 * A version that the agent has returned from. It is not tried again because a desired state names
 * it that is not newer than the one in force at the return; a newer one counts as being told to.
 *
 * @param back what the agent returned to; empty when nothing answered before
 * @param revision of the desired state in force at the return
 * @param detail for people: why; cleaned by {@link Limits#readable}
 */
public record ReturnedVersion(
    ModelManifest version, Optional<ModelManifest> back, long revision, String detail) {
  public ReturnedVersion {
    detail = Limits.readable(detail);
  }
}
