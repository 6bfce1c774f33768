package io.covey.crypto.release;

import java.util.Set;
import java.util.TreeSet;

/** What {@link TrustedMetadata} says a device should serve of a model. */
public sealed interface Selection permits Selection.Offered, KeepServing {

  /**
   * A release to fetch, try and serve; {@link TrustedMetadata#taking} remembers it.
   *
   * @param signers whose signatures it rests on
   */
  record Offered(Release release, Set<KeyId> signers) implements Selection {
    public Offered {
      signers = Set.copyOf(new TreeSet<>(signers));
    }
  }
}
