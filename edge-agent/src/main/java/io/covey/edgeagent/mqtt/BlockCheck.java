package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;

/**
 * Tells a wrong block by itself, before the whole is there, where an artifact's form allows that:
 * the blocks of a sealed file are authenticated where they stand, for whoever has the key.
 */
@FunctionalInterface
public interface BlockCheck {
  /** Nothing can be said of single blocks: the whole file's digest decides. */
  BlockCheck NONE = (model, artifact) -> (index, content) -> true;

  /** For one staging of an artifact. */
  Blocks of(ModelName model, ArtifactReference artifact);

  /** The blocks of one staging. Thread-safe; called on workers. */
  @FunctionalInterface
  interface Blocks {
    /** False when the block is certainly wrong. True also when nothing can be said, or not yet. */
    boolean mayBeRight(int index, ByteString content);

    /**
     * Whether the first block, where it is here, is to be shown before more can be said of others:
     * it came before the restart, or before its key.
     */
    default boolean wantsFirst() {
      return false;
    }
  }
}
