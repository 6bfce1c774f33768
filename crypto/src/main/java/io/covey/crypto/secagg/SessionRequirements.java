package io.covey.crypto.secagg;

import io.covey.crypto.secagg.ParticipantMinima.Shortfall;
import java.util.Optional;

/**
 * What a participant holds an offered session against; {@link ParticipantMinima} in every fleet.
 */
@FunctionalInterface
public interface SessionRequirements {

  /** The first requirement that the session falls short of, if any. */
  Optional<Shortfall> shortfallOf(SessionDescriptor descriptor);
}
