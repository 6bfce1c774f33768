package io.covey.edgeagent.app;

import com.google.protobuf.ByteString;
import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.FileSealer;
import io.covey.crypto.envelope.GroupEpoch;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.envelope.ModelFile;
import io.covey.crypto.envelope.SealedArtifact;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Seals as a coordinator does, but versions with one content key until the next one is begun, and
 * the same file the same.
 */
final class TestSealing {
  private static final Sha256 FILES = Sha256.of(new byte[] {1});

  /** Many chunks, as larger files come in. */
  int chunkBytes = TestFleet.CHUNK_BYTES;

  private final FleetId fleet;
  private final KeyWrapping wrapping = new KeyWrapping(new XWing(), new AesGcm());
  private final RandomWords random = AesCtrRandomWords.fromSeed(new byte[32]);
  private final List<ContentKey> contentKeys =
      new ArrayList<>(List.of(ContentKey.generate(random)));
  private EpochKey epoch;

  /** A sealed file and how it is called. */
  record Made(ArtifactReference reference, ByteString content) {}

  TestSealing(FleetId fleet) {
    this.fleet = fleet;
    this.epoch = new EpochKey(GroupEpoch.of(fleet, 1), GroupKey.generate(random));
  }

  void beginNextEpoch() {
    long next = epoch.epoch().epoch() + 1;
    epoch = new EpochKey(GroupEpoch.of(fleet, next), GroupKey.generate(random));
  }

  /** What is sealed from now on is under a content key of its own. */
  void beginNextContentKey() {
    contentKeys.add(ContentKey.generate(random));
  }

  private ModelVersion keyVersion() {
    return new ModelVersion(contentKeys.size());
  }

  private ContentKey key(ModelVersion version) {
    return contentKeys.get(version.number() - 1);
  }

  Made seal(ModelName model, Role role, byte[] plaintext) {
    ModelFile file = new ModelFile(fleet, model, keyVersion(), SealedArtifact.role(role));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    FileSealer sealer = new FileSealer(AesCtrRandomWords.fromSeed(Sha256.of(plaintext).toBytes()));
    try {
      SealedArtifact made =
          new SealedArtifact(
              file,
              sealer.seal(
                  key(keyVersion()),
                  file,
                  new FileSealer.SizedInput(new ByteArrayInputStream(plaintext), plaintext.length),
                  content));
      ArtifactReference whole = made.reference(role);
      ArtifactReference reference =
          new ArtifactReference(
              role, whole.digest(), whole.lengthBytes(), chunkBytes, whole.sealing());
      return new Made(reference, ByteString.copyFrom(content.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The content keys of these versions for the present epoch. */
  List<WrappedContentKey> keys(List<ModelManifest> manifests) {
    return manifests.stream()
        .flatMap(
            manifest ->
                manifest.artifacts().stream()
                    .flatMap(artifact -> artifact.sealing().stream())
                    .map(sealing -> new KeyName(manifest.model(), sealing.keyVersion())))
        .distinct()
        .map(this::wrapped)
        .toList();
  }

  private WrappedContentKey wrapped(KeyName name) {
    ContentBinding binding = new ContentBinding(fleet, name.model(), name.version(), FILES);
    return new WrappedContentKey(
        name,
        FILES,
        epoch.epoch().epoch(),
        ByteString.copyFrom(
            wrapping.wrap(key(name.version()), binding, epoch, random).encode().toBytes()));
  }

  /** The present epoch's key for whom a certificate names. */
  GroupKeyGranted grant(EncryptionCertificate certificate) {
    Recipient recipient = new Recipient(certificate.agent(), certificate.encryptionKey());
    return new GroupKeyGranted(
        epoch.epoch().epoch(),
        ByteString.copyFrom(
            wrapping
                .wrap(epoch.key(), epoch.epoch(), recipient, random)
                .orElseThrow()
                .encode()
                .toBytes()));
  }
}
