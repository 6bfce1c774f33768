package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRoom;
import io.covey.crypto.release.Audience;
import io.covey.protocols.id.ModelName;
import java.util.Optional;

/** Adds models to the store as long as they can be released. Blocks; any thread. */
record Registration(ModelStore models, ReleaseRoom room) {

  /** Before much is done for a model. */
  void requireRoom(ModelName name) throws OperationException {
    refuse(room.objection(name, Audience.ALL));
  }

  /**
   * Adds a model with its first version.
   *
   * @throws OperationException when others that were registered meanwhile have left no room
   */
  void add(ModelRecord model, VersionRecord first) throws OperationException {
    refuse(room.take(model.name(), Audience.ALL, () -> models.addModel(model, first)));
  }

  private static void refuse(Optional<String> objection) throws OperationException {
    if (objection.isPresent()) {
      throw new OperationException(OperationException.Kind.CONFLICT, objection.get());
    }
  }
}
