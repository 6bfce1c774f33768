package io.covey.protocols.message;

import java.util.List;

/**
 * What an agent should serve: topic {@code down/desired}, retained; the highest revision wins.
 *
 * @param revision rises with every change of an agent's desired state
 * @param keys that the models' files are sealed with, for those who have the key of an epoch
 */
public record DesiredState(long revision, List<ModelManifest> models, List<WrappedContentKey> keys)
    implements Message {
  public DesiredState {
    models = List.copyOf(models);
    keys = WrappedContentKey.checked(keys);
    Limits.checkRange("revision", revision, 0, Long.MAX_VALUE);
    Limits.checkRange("models", models.size(), 0, Limits.MODELS_PER_AGENT);
    if (models.stream().map(ModelManifest::model).distinct().count() != models.size()) {
      throw new IllegalArgumentException("the desired state names a model twice");
    }
  }

  /** Of models that travel as they are. */
  public DesiredState(long revision, List<ModelManifest> models) {
    this(revision, models, List.of());
  }
}
