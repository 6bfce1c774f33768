package io.covey.edgeagent.artifacts;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import java.io.IOException;
import java.util.Optional;

/**
 * Makes artifacts of others that the device holds and of their differences to those. All methods
 * block, and may be called on any thread.
 */
public interface ArtifactAssembly {
  /** Nothing is made of anything. */
  ArtifactAssembly NONE =
      new ArtifactAssembly() {
        @Override
        public Optional<ArtifactReference> base(ModelName model, ArtifactReference artifact) {
          return Optional.empty();
        }

        @Override
        public void assemble(ModelName model, ArtifactReference base, ArtifactReference artifact)
            throws IOException {
          throw new IOException("nothing is made of " + base.digest());
        }
      };

  /**
   * What an artifact can be made of, together with its difference.
   *
   * @return empty when it is not in the cache, does not open, or the artifact has no difference
   * @throws IOException when the storage cannot be read
   */
  Optional<ArtifactReference> base(ModelName model, ArtifactReference artifact) throws IOException;

  /**
   * Takes the artifact into the cache, as whole and as checked as if it had been fetched.
   *
   * @param base what {@link #base} answered
   * @param artifact whose difference is in the cache
   * @throws IOException when that cannot be done, with why, for people; then the cache has nothing
   *     of it
   */
  void assemble(ModelName model, ArtifactReference base, ArtifactReference artifact)
      throws IOException;
}
