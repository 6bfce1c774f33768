package io.covey.coordinator.registry;

import io.covey.protocols.id.ModelName;
import java.time.Instant;

/** A model that was registered; its content is in its versions. */
public record ModelRecord(ModelName name, String description, Instant createdAt) {}
