package io.covey.coordinator.training;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.release.ReleaseStore;
import io.covey.coordinator.round.RoundStore;

/** What operators may read directly. */
record OperatorStores(
    ModelStore models, ArtifactStore artifacts, RoundStore rounds, ReleaseStore releases) {}
