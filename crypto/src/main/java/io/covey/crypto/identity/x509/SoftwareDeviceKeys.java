package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keys in memory. The key for TLS is the Java platform's own object, which cannot be wiped; the
 * others are wiped when this is closed.
 */
public final class SoftwareDeviceKeys implements DeviceKeys {
  private final Secrets secrets;
  private final KeyPair tls;
  private final Primitives primitives;
  private final Octets identityKey;
  private final Octets encryptionKey;

  /** What the keys are used with. */
  public record Primitives(Signer signer, Kem kem) {}

  /**
   * What a file holds.
   *
   * @param identity Ed25519, 32 bytes
   * @param encryption X-Wing, 32 bytes
   * @param tls P-256, PKCS#8
   */
  public record Secrets(SecretBytes identity, SecretBytes encryption, SecretBytes tls) {
    public Secrets {
      boolean fits =
          identity.length() == Signer.PRIVATE_KEY_BYTES
              && encryption.length() == Kem.PRIVATE_KEY_BYTES;
      if (!fits) {
        throw new IllegalArgumentException(
            "identity key of %d bytes and encryption key of %d, expected %d and %d"
                .formatted(
                    identity.length(),
                    encryption.length(),
                    Signer.PRIVATE_KEY_BYTES,
                    Kem.PRIVATE_KEY_BYTES));
      }
    }

    void wipe() {
      identity.wipe();
      encryption.wipe();
      tls.wipe();
    }
  }

  /**
   * The keys that a file holds.
   *
   * @param secrets become this object's to wipe
   * @param tlsKey the public key that belongs to {@link Secrets#tls}, SubjectPublicKeyInfo in DER
   * @throws IllegalArgumentException if a key is none
   */
  public SoftwareDeviceKeys(Secrets secrets, Octets tlsKey, Primitives primitives) {
    this(
        secrets,
        new KeyPair(P256Keys.publicKey(P256Keys.checked(tlsKey)), privateKey(secrets.tls())),
        primitives);
  }

  private SoftwareDeviceKeys(Secrets secrets, KeyPair tls, Primitives primitives) {
    this.secrets = secrets;
    this.tls = tls;
    this.primitives = primitives;
    this.identityKey = primitives.signer().publicKeyOf(secrets.identity());
    this.encryptionKey = primitives.kem().publicKeyOf(secrets.encryption());
  }

  /**
   * New ones.
   *
   * @param random draws identity and encryption key; the key for TLS is drawn by the platform
   */
  public static SoftwareDeviceKeys generate(RandomWords random, Primitives primitives) {
    KeyPair tls = P256Keys.generate();
    Secrets secrets =
        new Secrets(
            draw(random, Signer.PRIVATE_KEY_BYTES),
            draw(random, Kem.PRIVATE_KEY_BYTES),
            SecretBytes.owning(tls.getPrivate().getEncoded()));
    return new SoftwareDeviceKeys(secrets, tls, primitives);
  }

  private static SecretBytes draw(RandomWords random, int bytes) {
    long[] words = new long[bytes / Long.BYTES];
    random.fill(words);
    byte[] drawn = new byte[bytes];
    ByteBuffer.wrap(drawn).asLongBuffer().put(words);
    Arrays.fill(words, 0);
    return SecretBytes.owning(drawn);
  }

  private static PrivateKey privateKey(SecretBytes pkcs8) {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8.reveal()));
    } catch (GeneralSecurityException e) {
      // Without the cause, which may quote what it stumbled over.
      throw new IllegalArgumentException("the key for TLS is not a key of P-256");
    }
  }

  /** For the file; stay this object's to wipe. */
  public Secrets secrets() {
    return secrets;
  }

  @Override
  public Octets identityKey() {
    return identityKey;
  }

  @Override
  public Octets sign(byte[] message) {
    return primitives.signer().sign(secrets.identity(), message);
  }

  @Override
  public Octets encryptionKey() {
    return encryptionKey;
  }

  @Override
  public Optional<SecretBytes> decapsulate(Octets ciphertext) {
    return primitives.kem().decapsulate(secrets.encryption(), ciphertext);
  }

  @Override
  public PublicKey tlsKey() {
    return tls.getPublic();
  }

  @Override
  public PrivateKey tlsPrivateKey() {
    return tls.getPrivate();
  }

  @Override
  public void close() {
    secrets.wipe();
  }

  @Override
  public String toString() {
    return "SoftwareDeviceKeys[redacted]";
  }
}
