package io.covey.coordinator.registry;

import io.covey.protocols.id.ModelName;
import java.time.Instant;
import java.util.Optional;

/**
 * A model that was registered; its content is in its versions.
 *
 * @param plain what it was uploaded with; empty for a model that was uploaded as trainable
 */
public record ModelRecord(
    ModelName name, String description, Instant createdAt, Optional<PlainModel> plain) {

  /** One that was uploaded as trainable. */
  public ModelRecord(ModelName name, String description, Instant createdAt) {
    this(name, description, createdAt, Optional.empty());
  }
}
