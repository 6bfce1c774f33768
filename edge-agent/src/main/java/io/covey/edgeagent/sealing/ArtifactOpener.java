package io.covey.edgeagent.sealing;

import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.FileOpener;
import io.covey.crypto.envelope.OpeningResult;
import io.covey.crypto.envelope.OpeningResult.Refused;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads artifacts out of the cache: sealed ones are verified, decrypted and compared with the
 * digest of their plaintext, in memory; no plaintext is written anywhere. Thread-safe; reading
 * blocks.
 */
public final class ArtifactOpener {
  private final FleetId fleet;
  private final ArtifactCache cache;
  private final KeyRing keys;
  private final boolean sealedOnly;

  /**
   * @param sealedOnly whether files that travel as they are are refused
   */
  public ArtifactOpener(FleetId fleet, ArtifactCache cache, KeyRing keys, boolean sealedOnly) {
    this.fleet = fleet;
    this.cache = cache;
    this.keys = keys;
    this.sealedOnly = sealedOnly;
  }

  /** Why these files are not even fetched, whatever keys may come; empty if they may be. */
  public Optional<String> objection(ModelName model, List<ArtifactReference> artifacts) {
    for (ArtifactReference artifact : artifacts) {
      if (artifact.sealing().isEmpty() && sealedOnly) {
        return Optional.of(
            "artifact %s is not sealed, and this agent takes only sealed ones"
                .formatted(artifact.role()));
      }
      if (artifact.sealing().isPresent() && !keys.canOpen()) {
        return Optional.of(
            "artifact %s is sealed, and this agent has no key to open anything: enrol it"
                .formatted(artifact.role()));
      }
      try {
        Objects.requireNonNull(SealedArtifact.of(fleet, model, artifact));
      } catch (IllegalArgumentException e) {
        return Optional.of("artifact %s: %s".formatted(artifact.role(), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** What is missing to open these files; empty when they can be tried. */
  public Optional<String> lacks(ModelName model, List<ArtifactReference> artifacts) {
    return artifacts.stream()
        .map(ArtifactReference::sealing)
        .flatMap(Optional::stream)
        .map(sealing -> keys.lacks(new KeyName(model, sealing.keyVersion())))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * The plaintext of an artifact that is in the cache.
   *
   * @throws OpeningRefusedException when it cannot be opened, or is not what was announced
   */
  public byte[] read(ModelName model, ArtifactReference artifact) throws IOException {
    Optional<String> objection = objection(model, List.of(artifact));
    if (objection.isPresent()) {
      throw OpeningRefusedException.ofFile(objection.get());
    }
    Optional<Sealing> sealing = artifact.sealing();
    if (sealing.isEmpty()) {
      ByteBuffer content = cache.read(artifact);
      byte[] file = new byte[content.remaining()];
      content.get(file);
      return file;
    }
    try (ContentKey key = key(model, artifact)) {
      return open(model, artifact, key);
    }
  }

  /** The key that an artifact is sealed with; the caller's to wipe. */
  ContentKey key(ModelName model, ArtifactReference artifact) throws OpeningRefusedException {
    Sealing sealing =
        artifact
            .sealing()
            .orElseThrow(
                () -> OpeningRefusedException.ofFile("artifact " + artifact.role() + " is open"));
    return keys.contentKey(new KeyName(model, sealing.keyVersion()));
  }

  /** What a sealed artifact is, as it is announced. */
  SealedArtifact described(ModelName model, ArtifactReference artifact)
      throws OpeningRefusedException {
    Optional<String> objection = objection(model, List.of(artifact));
    if (objection.isPresent()) {
      throw OpeningRefusedException.ofFile(objection.get());
    }
    return SealedArtifact.of(fleet, model, artifact)
        .orElseThrow(
            () -> OpeningRefusedException.ofFile("artifact " + artifact.role() + " is open"));
  }

  /** The plaintext of a sealed artifact that is in the cache, with a key from elsewhere. */
  byte[] open(ModelName model, ArtifactReference artifact, ContentKey key) throws IOException {
    SealedArtifact expected = SealedArtifact.of(fleet, model, artifact).orElseThrow();
    // No overflow: an artifact has at most 2^29 bytes.
    byte[] plaintext = new byte[Math.toIntExact(expected.content().plaintextBytes())];
    OpeningResult result =
        new FileOpener()
            .open(
                key,
                expected.file(),
                expected.content(),
                new Input(cache.read(artifact)),
                new Output(plaintext));
    if (result instanceof Refused refused) {
      Arrays.fill(plaintext, (byte) 0);
      throw OpeningRefusedException.ofFile(
          "artifact %s does not open: %s at block %d of %d"
              .formatted(
                  artifact.role(),
                  refused.reason(),
                  refused.block(),
                  expected.content().layout().blocks()));
    }
    return plaintext;
  }

  FleetId fleet() {
    return fleet;
  }

  private static final class Input extends InputStream {
    private final ByteBuffer left;

    Input(ByteBuffer left) {
      this.left = left;
    }

    @Override
    public int read() {
      return left.hasRemaining() ? Byte.toUnsignedInt(left.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      int count = Math.min(length, left.remaining());
      left.get(target, offset, count);
      return count == 0 ? -1 : count;
    }
  }

  /** Into an array of the right length: nothing is copied twice. */
  private static final class Output extends OutputStream {
    private final ByteBuffer target;

    Output(byte[] target) {
      this.target = ByteBuffer.wrap(target);
    }

    @Override
    public void write(int value) {
      target.put((byte) value);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      target.put(source, offset, length);
    }
  }
}
