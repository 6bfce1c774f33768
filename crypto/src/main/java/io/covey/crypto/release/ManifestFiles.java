package io.covey.crypto.release;

import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.envelope.SealedLayout;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a version as a release lists them: what the coordinator signs, and what a device
 * compares a manifest with.
 */
public final class ManifestFiles {
  private ManifestFiles() {}

  /**
   * Every artifact of the manifest, by role. The differences that lead to some are left out: what a
   * device makes of one is compared with what is listed here.
   */
  public static SortedMap<FileRole, SealedFile> of(ModelManifest manifest) {
    SortedMap<FileRole, SealedFile> files = new TreeMap<>();
    manifest
        .artifacts()
        .forEach(artifact -> files.put(SealedArtifact.role(artifact.role()), file(artifact)));
    return files;
  }

  /**
   * Whether a manifest has the files of a release: each of them and no other. One whose lengths
   * cannot be those of sealed files has not.
   */
  public static boolean agree(ModelManifest manifest, Release release) {
    try {
      return of(manifest).equals(release.files());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A file that travels as it is has the digest of its plaintext for that of its sealed form. */
  private static SealedFile file(ArtifactReference artifact) {
    return artifact
        .sealing()
        .map(
            under ->
                new SealedFile(
                    under.plaintext(),
                    under.plaintextBytes(),
                    artifact.digest(),
                    artifact.lengthBytes()))
        .orElseGet(
            () ->
                new SealedFile(
                    artifact.digest(),
                    artifact.lengthBytes(),
                    artifact.digest(),
                    SealedLayout.of(artifact.lengthBytes()).sealedBytes()));
  }
}
