package io.covey.edgeagent.app;

import io.covey.edgeagent.sealing.ArtifactOpener;
import io.covey.edgeagent.selftest.Candidate;
import io.covey.edgeagent.selftest.SampleInputs;
import io.covey.edgeagent.selftest.SelfTestFailedException;
import io.covey.edgeagent.selftest.SelfTests;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.util.List;

/** Brings versions from the cache into memory, tested. Blocks. */
record VersionLoading(ArtifactOpener opener, SelfTests tests, SampleInputs samples) {

  /**
   * A version that may answer.
   *
   * @param answeredBefore it was tested then, and is not tested again: an agent that starts should
   *     answer soon
   * @param beforeLoading called once nothing but the load is left, which may end this process
   */
  ServableModel load(ModelManifest manifest, boolean answeredBefore, Runnable beforeLoading)
      throws IOException, SelfTestFailedException {
    ArtifactReading artifacts = new ArtifactReading(opener, manifest);
    byte[] graph = artifacts.servedFile();
    if (answeredBefore) {
      beforeLoading.run();
      return tests.load(new Candidate(graph, artifacts.weights(), List.of()));
    }
    return tests.admit(
        new Candidate(graph, artifacts.weights(), samples.of(manifest)), beforeLoading);
  }
}
