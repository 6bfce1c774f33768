package io.covey.edgeagent.selftest;

import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.util.List;

/** Where the inputs come from that a version is tested on. Called on workers; may block. */
public interface SampleInputs {

  /**
   * What came with a version.
   *
   * @return empty for a version without any, which is tested on {@link GeneratedInputs}
   * @throws IOException when there should be some, and they cannot be read: the version is refused
   */
  List<Sample> of(ModelManifest manifest) throws IOException;

  /** No version brings any. */
  static SampleInputs none() {
    return manifest -> List.of();
  }
}
