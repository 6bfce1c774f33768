package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.List;

/**
 * The content key of one version of a model, for everybody who has the fleet's key of an epoch. It
 * stands beside the manifests whose files are sealed with it, and changes with the epoch, while
 * they do not.
 *
 * @param of the version
 * @param files one digest of the files that are sealed with it; what the key is bound to
 * @param epoch 1 or more
 * @param wrapped the key, {@link Limits#WRAPPED_CONTENT_KEY_BYTES}
 */
public record WrappedContentKey(KeyName of, Sha256 files, long epoch, ByteString wrapped) {

  /** Which key: there is one for each version of a model. */
  public record KeyName(ModelName model, ModelVersion version) {}

  public WrappedContentKey {
    Limits.checkRange("epoch of a content key", epoch, 1, Long.MAX_VALUE);
    Limits.checkLength("wrapped content key", wrapped, Limits.WRAPPED_CONTENT_KEY_BYTES);
  }

  /** A copy, if there are not too many and each is there once. */
  static List<WrappedContentKey> checked(List<WrappedContentKey> keys) {
    Limits.checkRange("content keys", keys.size(), 0, Limits.CONTENT_KEYS);
    if (keys.stream().map(WrappedContentKey::of).distinct().count() != keys.size()) {
      throw new IllegalArgumentException("a content key is there twice");
    }
    return List.copyOf(keys);
  }
}
