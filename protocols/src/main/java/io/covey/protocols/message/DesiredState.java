package io.covey.protocols.message;

import java.util.List;

/**
 * What an agent should serve: topic {@code down/desired}, retained; the highest revision wins.
 *
 * @param revision rises with every change of an agent's desired state
 * @param keys that the models' files are sealed with, for those who have the key of an epoch
 * @param artifactUrls where the models' files can be had over HTTPS too, the first one first; also
 *     under a revision that is known already
 */
public record DesiredState(
    long revision,
    List<ModelManifest> models,
    List<WrappedContentKey> keys,
    List<ArtifactUrl> artifactUrls)
    implements Message {
  public DesiredState {
    models = List.copyOf(models);
    keys = WrappedContentKey.checked(keys);
    artifactUrls = List.copyOf(artifactUrls);
    Limits.checkRange("revision", revision, 0, Long.MAX_VALUE);
    Limits.checkRange("models", models.size(), 0, Limits.MODELS_PER_AGENT);
    Limits.checkRange("URLs for artifacts", artifactUrls.size(), 0, Limits.ARTIFACT_URLS);
    if (models.stream().map(ModelManifest::model).distinct().count() != models.size()) {
      throw new IllegalArgumentException("the desired state names a model twice");
    }
  }

  /** Of models whose files are to be had over MQTT alone. */
  public DesiredState(long revision, List<ModelManifest> models, List<WrappedContentKey> keys) {
    this(revision, models, keys, List.of());
  }

  /** Of models that travel as they are. */
  public DesiredState(long revision, List<ModelManifest> models) {
    this(revision, models, List.of());
  }

  /** The same with other content keys. */
  public DesiredState withKeys(List<WrappedContentKey> newKeys) {
    return new DesiredState(revision, models, newKeys, artifactUrls);
  }
}
