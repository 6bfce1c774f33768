package io.covey.coordinator.release;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Audience;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is released, and the newest documents. A version that is released is noted here in the
 * transaction that adds it to its model. Calls block; a failure of the store is a {@link
 * java.io.UncheckedIOException}.
 */
public interface ReleaseStore {

  /** The release with the highest counter of every model, by the model's name. */
  List<ReleaseRecord> newest();

  /** All releases of a model, the newest first. */
  List<ReleaseRecord> releases(ModelName model);

  /**
   * Adds a version that has the files of an earlier one, and its release.
   *
   * @throws IllegalStateException when it is not the successor of the model's newest version
   */
  void addRestored(VersionRecord version, ModelVersion restores);

  /**
   * Gives the newest release of a model a higher counter, in the place of the one before.
   *
   * @return empty when the newest release is of another version
   */
  Optional<ReleaseRecord> releaseAgain(ModelName model, ModelVersion version, Instant now);

  /** Whom releases of a model are for: everybody, unless something else was said. */
  Audience audience(ModelName model);

  /** Says whom releases of a model that exists are for. */
  void setAudience(ModelName model, Audience audience);

  /** The newest signed documents, by the path of their topic. */
  Map<String, Octets> documents();

  /** Keeps documents in the place of those of the same path, all or none. */
  void saveDocuments(Map<String, Octets> documents);
}
