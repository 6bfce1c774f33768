package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;

/**
 * Tells a wrong block by itself, before the whole is there, where an artifact's form allows that:
 * the blocks of a sealed file are authenticated where they stand, for whoever has the key.
 *
 * <p>Called on workers, for the first block before any other of the same artifact if that is here.
 */
@FunctionalInterface
public interface BlockCheck {
  /** Nothing can be said of single blocks: the whole file's digest decides. */
  BlockCheck NONE = (model, artifact, index, content) -> true;

  /** False when the block is certainly wrong. True also when nothing can be said, or not yet. */
  boolean mayBeRight(ModelName model, ArtifactReference artifact, int index, ByteString content);
}
