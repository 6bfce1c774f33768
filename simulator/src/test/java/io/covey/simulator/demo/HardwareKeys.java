package io.covey.simulator.demo;

import io.covey.crypto.identity.x509.DeviceKeys;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keys that can be used and not seen, as a secure element has them; counts what it is asked for.
 */
final class HardwareKeys implements DeviceKeys {
  final AtomicInteger signatures = new AtomicInteger();
  final AtomicInteger decapsulations = new AtomicInteger();
  private final SoftwareDeviceKeys inside;

  HardwareKeys(SoftwareDeviceKeys inside) {
    this.inside = inside;
  }

  @Override
  public Octets identityKey() {
    return inside.identityKey();
  }

  @Override
  public Octets sign(byte[] message) {
    signatures.incrementAndGet();
    return inside.sign(message);
  }

  @Override
  public Octets encryptionKey() {
    return inside.encryptionKey();
  }

  @Override
  public Optional<SecretBytes> decapsulate(Octets ciphertext) {
    decapsulations.incrementAndGet();
    return inside.decapsulate(ciphertext);
  }

  @Override
  public PublicKey tlsKey() {
    return inside.tlsKey();
  }

  @Override
  public PrivateKey tlsPrivateKey() {
    return inside.tlsPrivateKey();
  }

  @Override
  public void close() {
    inside.close();
  }
}
