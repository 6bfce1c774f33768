package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;

/** As hardware has them: they can be used, and there is no way to see them. */
final class KeysInADevice implements DeviceKeys {
  private final SoftwareDeviceKeys hidden;

  /** Ciphertexts that the device was asked to decapsulate. */
  int decapsulations;

  KeysInADevice(SoftwareDeviceKeys hidden) {
    this.hidden = hidden;
  }

  @Override
  public Octets identityKey() {
    return hidden.identityKey();
  }

  @Override
  public Octets sign(byte[] message) {
    return hidden.sign(message);
  }

  @Override
  public Octets encryptionKey() {
    return hidden.encryptionKey();
  }

  @Override
  public Optional<SecretBytes> decapsulate(Octets ciphertext) {
    decapsulations++;
    return hidden.decapsulate(ciphertext);
  }

  @Override
  public PublicKey tlsKey() {
    return hidden.tlsKey();
  }

  @Override
  public PrivateKey tlsPrivateKey() {
    return hidden.tlsPrivateKey();
  }

  @Override
  public void close() {
    hidden.close();
  }
}
