package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An agent's keys and membership in a directory of its own, for its owner only. The keys are
 * written before they are used, and once; the membership is replaced whenever it is renewed, whole.
 *
 * <p>All methods may block. One agent at a time.
 */
public final class DeviceFiles {
  /** The private keys. */
  public static final String KEYS = "device.key";

  /** Certificates and addresses. */
  public static final String MEMBERSHIP = "membership.json";

  private static final KeyDocument.Kind KEYS_KIND =
      new KeyDocument.Kind(
          "covey-device-keys",
          List.of("tls-public-key"),
          List.of("identity-private-key", "encryption-private-key", "tls-private-key"));

  private final Path directory;
  private final SoftwareDeviceKeys.Primitives primitives;

  public DeviceFiles(Path directory, SoftwareDeviceKeys.Primitives primitives) {
    this.directory = directory;
    this.primitives = primitives;
  }

  public Path directory() {
    return directory;
  }

  /** Whether the agent has enrolled. */
  public boolean hasMembership() {
    return Files.exists(directory.resolve(MEMBERSHIP));
  }

  /** The keys that are there, or new ones that are there from now on; the caller's to close. */
  public SoftwareDeviceKeys keysOrNew(RandomWords random) throws IOException {
    if (Files.exists(directory.resolve(KEYS))) {
      return keys();
    }
    OwnerOnlyFiles.makeDirectory(directory);
    SoftwareDeviceKeys keys = SoftwareDeviceKeys.generate(random, primitives);
    boolean written = false;
    try {
      IdentityFiles.create(directory.resolve(KEYS), Access.SECRET, documentOf(keys));
      written = true;
      return keys;
    } finally {
      if (!written) {
        keys.close();
      }
    }
  }

  private static KeyDocument documentOf(SoftwareDeviceKeys keys) {
    return new KeyDocument(KEYS_KIND)
        .with("tls-public-key", Octets.copyOf(keys.tlsKey().getEncoded()))
        .with("identity-private-key", keys.secrets().identity())
        .with("encryption-private-key", keys.secrets().encryption())
        .with("tls-private-key", keys.secrets().tls());
  }

  /** The keys that are there; the caller's to close. */
  public SoftwareDeviceKeys keys() throws IOException {
    return IdentityFiles.read(
        directory.resolve(KEYS),
        Access.SECRET,
        KEYS_KIND,
        document ->
            new SoftwareDeviceKeys(
                new SoftwareDeviceKeys.Secrets(
                    document.secret("identity-private-key"),
                    document.secret("encryption-private-key"),
                    document.secret("tls-private-key")),
                document.octets("tls-public-key"),
                primitives));
  }

  /** The membership that is there; empty before the agent has enrolled. */
  public Optional<Membership> membership() throws IOException {
    if (!hasMembership()) {
      return Optional.empty();
    }
    return Optional.of(
        IdentityFiles.read(
            directory.resolve(MEMBERSHIP), Access.PUBLIC, Membership.KIND, Membership::of));
  }

  /** Takes the place of the membership that was there. */
  public void write(Membership membership) throws IOException {
    // Where keys are elsewhere, nothing has been here before.
    OwnerOnlyFiles.makeDirectory(directory);
    IdentityFiles.replace(directory.resolve(MEMBERSHIP), Access.PUBLIC, membership.toDocument());
  }

  /**
   * The membership and keys, checked to belong together.
   *
   * @throws IdentityFileException if they do not
   */
  public void requireMatching(Membership membership, DeviceKeys keys) throws IOException {
    boolean own =
        membership.certificates().identity().identityKey().equals(keys.identityKey())
            && membership.certificates().chain().get(0).getPublicKey().equals(keys.tlsKey());
    if (!own) {
      throw new IdentityFileException(
          directory.resolve(MEMBERSHIP),
          "is for other keys than this device's; enrol again in an empty directory");
    }
  }
}
