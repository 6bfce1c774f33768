package io.covey.coordinator.release;

import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A key that signs documents of releases, in a file for its owner only. A file is good for one
 * fleet; which role its key has, roots say.
 *
 * @param secret Ed25519; the caller's to wipe
 */
public record KeyFile(FleetId fleet, Octets publicKey, SecretBytes secret)
    implements AutoCloseable {
  private static final KeyDocument.Kind KIND =
      new KeyDocument.Kind(
          "covey-release-key", List.of("fleet", "public-key"), List.of("private-key"));

  /** Draws a key and writes it; overwrites nothing. */
  public static KeyFile create(Path file, FleetId fleet, RandomWords random, Signer signer)
      throws IOException {
    SecretBytes secret = SecretBytes.drawnFrom(random, Signer.PRIVATE_KEY_BYTES);
    KeyFile made = new KeyFile(fleet, signer.publicKeyOf(secret), secret);
    IdentityFiles.create(
        file,
        Access.SECRET,
        new KeyDocument(KIND)
            .with("fleet", fleet.value())
            .with("public-key", made.publicKey)
            .with("private-key", secret));
    return made;
  }

  /** Reads what {@link #create} wrote. */
  public static KeyFile read(Path file, Signer signer) throws IOException {
    return IdentityFiles.read(
        file,
        Access.SECRET,
        KIND,
        document -> {
          SecretBytes secret = document.secret("private-key");
          Octets publicKey = document.octets("public-key");
          if (secret.length() != Signer.PRIVATE_KEY_BYTES
              || !signer.publicKeyOf(secret).equals(publicKey)) {
            throw new IllegalArgumentException("its private key is not that of its public key");
          }
          return new KeyFile(new FleetId(document.text("fleet")), publicKey, secret);
        });
  }

  /** Wipes the key. */
  @Override
  public void close() {
    secret.wipe();
  }
}
