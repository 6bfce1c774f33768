package io.covey.edgeagent.sealing;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.BlockOpener;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.SealedHeader;
import io.covey.edgeagent.mqtt.BlockCheck;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates single blocks of sealed files where they stand. The first one holds the header:
 * until it has come, and where the content key has not, nothing can be said. Whoever has the
 * content key can make a first block of their own, and others to it: that blocks belong together
 * says nothing of who made them. Thread-safe.
 */
public final class SealedBlocks implements BlockCheck {
  private final FleetId fleet;
  private final KeyRing keys;

  public SealedBlocks(FleetId fleet, KeyRing keys) {
    this.fleet = fleet;
    this.keys = keys;
  }

  @Override
  public Blocks of(ModelName model, ArtifactReference artifact) {
    Optional<SealedArtifact> sealed = SealedArtifact.of(fleet, model, artifact);
    return sealed.isEmpty()
            || artifact.chunkSizeBytes() != sealed.get().content().layout().blockBytes()
        ? NONE.of(model, artifact)
        : new OfOneFile(sealed.get());
  }

  private final class OfOneFile implements Blocks {
    private final SealedArtifact sealed;
    private final KeyName name;
    private @Nullable BlockOpener opener;
    private boolean firstSeen;

    OfOneFile(SealedArtifact sealed) {
      this.sealed = sealed;
      this.name = new KeyName(sealed.file().model(), sealed.file().version());
    }

    @Override
    public synchronized boolean wantsFirst() {
      return !firstSeen && keys.lacks(name).isEmpty();
    }

    @Override
    public synchronized boolean mayBeRight(int index, ByteString content) {
      byte[] block = content.toByteArray();
      return index == 0 ? isFirst(block) : opener == null || opener.isAuthentic(index, block);
    }

    private boolean isFirst(byte[] block) {
      Optional<SealedHeader> header = SealedHeader.read(block);
      if (header.isEmpty()) {
        return false;
      }
      try (ContentKey key = keys.contentKey(name)) {
        firstSeen = true;
        BlockOpener fresh =
            new BlockOpener(key, sealed.file(), header.get(), sealed.content().layout());
        boolean authentic = fresh.isAuthentic(0, block);
        if (authentic) {
          opener = fresh;
        }
        return authentic;
      } catch (OpeningRefusedException e) {
        // The key has not come yet: the whole file's digest decides.
        return true;
      }
    }
  }
}
