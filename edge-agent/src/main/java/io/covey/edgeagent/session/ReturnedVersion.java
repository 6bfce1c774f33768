package io.covey.edgeagent.session;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/**
 * A version that the agent has returned from. However often desired states name it, it is not tried
 * again before the fleet's signed documents release it anew, under a higher counter.
 *
 * @param back what the agent returned to; empty when nothing answered before, and once another
 *     version has taken its place
 * @param release the counter of the release that was returned from; empty as long as no document
 *     has said it
 * @param detail for people: why; cleaned by {@link Limits#readable}
 */
public record ReturnedVersion(
    ModelManifest version, Optional<ModelManifest> back, OptionalLong release, String detail) {
  public ReturnedVersion {
    detail = Limits.readable(detail);
  }

  /** The same, where {@code counter} is what it was released under. */
  ReturnedVersion of(long counter) {
    return new ReturnedVersion(version, back, OptionalLong.of(counter), detail);
  }

  /** The same, with nothing left to return to. */
  ReturnedVersion withoutBack() {
    return new ReturnedVersion(version, Optional.empty(), release, detail);
  }

  /**
   * Notes one more; of too many, one is forgotten whose model is not wanted.
   *
   * @param all by model, to be changed
   * @param wanted at most {@link Limits#MODELS_PER_AGENT}, the model of {@code latest} among them
   */
  static void note(
      SortedMap<ModelName, ReturnedVersion> all, ReturnedVersion latest, Set<ModelName> wanted) {
    all.put(latest.version().model(), latest);
    Iterator<ModelName> names = all.keySet().iterator();
    while (all.size() > Limits.MODELS_PER_AGENT && names.hasNext()) {
      if (!wanted.contains(names.next())) {
        names.remove();
      }
    }
  }
}
