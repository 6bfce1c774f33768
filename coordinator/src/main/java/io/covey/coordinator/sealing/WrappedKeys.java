package io.covey.coordinator.sealing;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content keys as the present epoch has them, each wrapped once: one small message for a version,
 * however many members there are.
 *
 * <p>Thread-safe.
 */
final class WrappedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(WrappedKeys.class);

  /** More than there are versions that anybody is told of at a time. */
  private static final int KEPT = 4096;

  private final FleetId fleet;
  private final ContentKeys contentKeys;
  private final KeyWrapping wrapping;
  private final RandomWords random;
  private final Map<Sha256, WrappedContentKey> kept = new HashMap<>();
  private @Nullable EpochKey present;

  WrappedKeys(FleetId fleet, ContentKeys contentKeys, KeyWrapping wrapping, RandomWords random) {
    this.fleet = fleet;
    this.contentKeys = contentKeys;
    this.wrapping = wrapping;
    this.random = random;
  }

  /**
   * From now on wraps for this epoch.
   *
   * @param epoch its key becomes this object's to wipe
   */
  synchronized void begin(EpochKey epoch) {
    EpochKey former = present;
    present = epoch;
    kept.clear();
    if (former != null) {
      former.key().close();
    }
  }

  /** The present epoch, from 1; 0 before the first is known. */
  synchronized long epoch() {
    EpochKey epoch = present;
    return epoch == null ? 0 : epoch.epoch().epoch();
  }

  /** The keys of these versions. */
  synchronized List<WrappedContentKey> of(List<ModelManifest> manifests) {
    List<WrappedContentKey> keys = new ArrayList<>();
    for (ModelManifest manifest : manifests) {
      VersionSealer.keysOf(manifest).forEach((name, file) -> wrapped(name, file, keys));
    }
    return keys;
  }

  private void wrapped(KeyName name, ArtifactReference file, List<WrappedContentKey> keys) {
    WrappedContentKey before = kept.get(file.digest());
    Optional<WrappedContentKey> key =
        before != null ? Optional.of(before) : contentKeys.use(file.digest(), this::wrap);
    if (key.isEmpty()) {
      LOG.error("no content key of version {} of {} is at hand", name.version(), name.model());
      return;
    }
    if (kept.size() >= KEPT) {
      kept.clear();
    }
    kept.put(file.digest(), key.get());
    keys.add(key.get());
  }

  private WrappedContentKey wrap(ContentKeys.Source source) {
    EpochKey group = current();
    KeyName name = source.name();
    ContentBinding binding =
        new ContentBinding(fleet, name.model(), name.version(), source.files());
    return new WrappedContentKey(
        name,
        source.files(),
        group.epoch().epoch(),
        ByteString.copyFrom(
            wrapping.wrap(source.key(), binding, group, random).encode().toBytes()));
  }

  private EpochKey current() {
    EpochKey epoch = present;
    if (epoch == null) {
      throw new IllegalStateException("the fleet's keys have not been loaded");
    }
    return epoch;
  }
}
