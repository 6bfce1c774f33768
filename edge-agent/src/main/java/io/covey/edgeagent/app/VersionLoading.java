package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.StorageProbe;
import io.covey.edgeagent.sealing.ArtifactOpener;
import io.covey.edgeagent.selftest.Candidate;
import io.covey.edgeagent.selftest.SelfTestFailedException;
import io.covey.edgeagent.selftest.SelfTests;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Brings versions from the cache into memory, tested. Blocks.
 *
 * @param probe hears of {@link StorageProbe.Step#SWITCH}
 */
record VersionLoading(ArtifactOpener opener, SelfTests tests, StorageProbe probe) {

  /**
   * A version that may answer.
   *
   * @param tolerance how far its answers to samples may be from those expected; empty for one that
   *     answered before: it was tested then, and is not tested again: an agent that starts should
   *     answer soon
   * @param beforeLoading called once nothing but the load is left, which may end this process
   */
  ServableModel load(ModelManifest manifest, OptionalDouble tolerance, Runnable beforeLoading)
      throws IOException, SelfTestFailedException {
    ServableModel model = loadTested(manifest, tolerance, beforeLoading);
    try {
      probe.before(StorageProbe.Step.SWITCH);
    } catch (IOException e) {
      model.close();
      throw e;
    }
    return model;
  }

  private ServableModel loadTested(
      ModelManifest manifest, OptionalDouble tolerance, Runnable beforeLoading)
      throws IOException, SelfTestFailedException {
    ArtifactReading artifacts = new ArtifactReading(opener, manifest);
    byte[] graph = artifacts.servedFile();
    if (tolerance.isEmpty()) {
      beforeLoading.run();
      return tests.load(new Candidate(graph, artifacts.weights(), Optional.empty()));
    }
    return tests.admit(
        new Candidate(graph, artifacts.weights(), artifacts.samples(tolerance.getAsDouble())),
        beforeLoading);
  }
}
