package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Decapsulation;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.SigningKey;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;

/**
 * An agent's private keys, wherever they are: in a file ({@link SoftwareDeviceKeys}), or in
 * hardware that uses them and never shows them. Made by the agent itself; nobody else has them.
 *
 * <p>Thread-safe, but for {@link #close}, which comes last.
 */
public interface DeviceKeys extends Decapsulation, AutoCloseable {

  /** Ed25519; what others verify this agent's signatures with. */
  Octets identityKey();

  /** Signs with the identity key a message that begins with a label. */
  Octets sign(byte[] message);

  /** The identity key, for whoever signs with it; closing it leaves these keys as they are. */
  default SigningKey signingKey() {
    return new SigningKey() {
      @Override
      public Octets publicKey() {
        return identityKey();
      }

      @Override
      public Octets sign(byte[] message) {
        return DeviceKeys.this.sign(message);
      }

      @Override
      public void close() {
        // The keys are closed by whoever has opened them.
      }
    };
  }

  /** X-Wing; what others encrypt to. */
  Octets encryptionKey();

  /**
   * The secret of a ciphertext to the encryption key, which opens what was wrapped for this device:
   * all that is ever done with that key.
   *
   * @return empty if it cannot be a ciphertext
   */
  @Override
  Optional<SecretBytes> decapsulate(Octets ciphertext);

  /** P-256. */
  PublicKey tlsKey();

  /** What the Java platform signs TLS handshakes with; perhaps no more than a handle. */
  PrivateKey tlsPrivateKey();

  /** Wipes what can be wiped. */
  @Override
  void close();
}
