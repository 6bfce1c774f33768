package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.serving.ServingModels;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.Scheduler;

/** What the parts of one agent share. */
record AgentParts(
    AgentId agent,
    Scheduler scheduler,
    ArtifactFetcher fetcher,
    ArtifactCache cache,
    ModelRuntime runtime,
    ServingModels models,
    ExampleStore examples,
    AgentRandomness randomness,
    ArtifactsInUse inUse) {}
