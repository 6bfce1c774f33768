package io.covey.coordinator.sealing;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.envelope.DifferenceContent;
import io.covey.crypto.envelope.SealedHeader;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.models.difference.FileDifference;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.Optional;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the differences by which devices come from what they serve to a new version. A version
 * without one is delivered whole, so nothing fails for want of it.
 *
 * <p>Blocks; thread-safe.
 */
final class DifferenceMaker {
  private static final Logger LOG = LoggerFactory.getLogger(DifferenceMaker.class);

  /** One that saves less is not worth that every device puts the file together and seals it. */
  private static final double LARGEST_PART = 0.75;

  private final ArtifactStore artifacts;

  DifferenceMaker(ArtifactStore artifacts) {
    this.artifacts = artifacts;
  }

  /**
   * The difference that leads to a file from the one of the same role that devices serve.
   *
   * @param file sealed and kept
   * @param served whose plain files are kept
   * @param seal keeps a plaintext, sealed with the key of {@code file}
   * @return empty if there is none, or none that is worth it
   */
  Optional<Difference> to(
      KeyName name,
      ArtifactReference file,
      VersionRecord served,
      BiFunction<Role, byte[], ArtifactReference> seal) {
    Optional<Role> role = file.role().ofDifference();
    Optional<Sha256> base = served.artifact(file.role()).map(ArtifactReference::digest);
    if (role.isEmpty() || base.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<Difference> made =
          content(file, base.get())
              .filter(content -> isWorthIt(content.length, file))
              .map(content -> new Difference(base.get(), seal.apply(role.get(), content)));
      made.ifPresent(
          difference ->
              LOG.info(
                  "{} of {} version {} by difference to version {}: {} of {} bytes",
                  file.role(),
                  name.model(),
                  name.version(),
                  served.version(),
                  difference.file().lengthBytes(),
                  file.lengthBytes()));
      return made;
    } catch (RuntimeException e) {
      LOG.warn(
          "{} of {} version {} goes out without a difference: {}",
          file.role(),
          name.model(),
          name.version(),
          e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean isWorthIt(int contentBytes, ArtifactReference file) {
    return SealedLayout.of(contentBytes).sealedBytes() <= LARGEST_PART * file.lengthBytes();
  }

  private Optional<byte[]> content(ArtifactReference file, Sha256 base) {
    Sha256 plaintext = file.sealing().map(Sealing::plaintext).orElseThrow();
    SealedHeader header = SealedHeader.read(kept(file.digest())).orElseThrow();
    return FileDifference.between(kept(base), kept(plaintext))
        .map(difference -> new DifferenceContent(header, difference).encode());
  }

  private byte[] kept(Sha256 digest) {
    return artifacts
        .get(digest)
        .orElseThrow(() -> new IllegalStateException("no artifact " + digest));
  }
}
