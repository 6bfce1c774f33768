package io.covey.edgeagent.sealing;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.BlockOpener;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.SealedHeader;
import io.covey.edgeagent.mqtt.BlockCheck;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Authenticates single blocks of sealed files where they stand. The first one holds the header:
 * until it has come, and where the content key has not, nothing can be said. Thread-safe.
 */
public final class SealedBlocks implements BlockCheck {
  /** More than are fetched at a time; of the others the first block is looked at again. */
  private static final int FILES = 8;

  private final FleetId fleet;
  private final KeyRing keys;

  /** With the key of one file each, which its content key does not follow from. */
  private final Map<Sha256, BlockOpener> openers =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Sha256, BlockOpener> eldest) {
              return size() > FILES;
            }
          });

  public SealedBlocks(FleetId fleet, KeyRing keys) {
    this.fleet = fleet;
    this.keys = keys;
  }

  @Override
  public boolean mayBeRight(
      ModelName model, ArtifactReference artifact, int index, ByteString content) {
    Optional<SealedArtifact> sealed = SealedArtifact.of(fleet, model, artifact);
    if (sealed.isEmpty()
        || artifact.chunkSizeBytes() != sealed.get().content().layout().blockBytes()) {
      return true;
    }
    if (index == 0) {
      return isFirst(sealed.get(), artifact, content.toByteArray());
    }
    BlockOpener opener = openers.get(artifact.digest());
    return opener == null || isAuthentic(opener, index, content.toByteArray());
  }

  private boolean isFirst(SealedArtifact sealed, ArtifactReference artifact, byte[] block) {
    Optional<SealedHeader> header = SealedHeader.read(block);
    if (header.isEmpty()) {
      return false;
    }
    KeyName name = new KeyName(sealed.file().model(), sealed.file().version());
    try (ContentKey key = keys.contentKey(name)) {
      BlockOpener opener =
          new BlockOpener(key, sealed.file(), header.get(), sealed.content().layout());
      if (!opener.isAuthentic(0, block)) {
        return false;
      }
      openers.put(artifact.digest(), opener);
      return true;
    } catch (OpeningRefusedException e) {
      // The key has not come yet: the whole file's digest decides.
      return true;
    }
  }

  private static boolean isAuthentic(BlockOpener opener, int index, byte[] block) {
    synchronized (opener) {
      return opener.isAuthentic(index, block);
    }
  }
}
