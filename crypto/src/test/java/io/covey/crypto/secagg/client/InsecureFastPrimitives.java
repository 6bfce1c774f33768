package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.secagg.IdentityDirectory;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.protocols.id.Sha256;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Key agreement in a group of 61 bits and signatures that everybody can make: they work, protect
 * nothing, and are a hundred times faster than curves. For tests that run thousands of sessions and
 * are not about forgery.
 */
final class InsecureFastPrimitives {
  private static final BigInteger PRIME = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);
  private static final BigInteger GENERATOR = BigInteger.valueOf(37);

  private InsecureFastPrimitives() {}

  static SessionPrimitives with(IdentityDirectory directory) {
    return new SessionPrimitives(
        new SmallGroup(), new EverybodysSignature(), new AesGcm(), directory);
  }

  /** Diffie-Hellman modulo 2^61-1. */
  static final class SmallGroup implements KeyAgreement {
    @Override
    public Octets publicKeyOf(SecretBytes privateKey) {
      return element(GENERATOR.modPow(exponent(privateKey), PRIME));
    }

    @Override
    public boolean contributes(Octets publicKey) {
      return new BigInteger(1, publicKey.toBytes()).signum() != 0;
    }

    @Override
    public Optional<SecretBytes> agree(SecretBytes privateKey, Octets peerPublicKey) {
      if (!contributes(peerPublicKey)) {
        return Optional.empty();
      }
      BigInteger peer = new BigInteger(1, peerPublicKey.toBytes());
      Octets shared = element(peer.modPow(exponent(privateKey), PRIME));
      return Optional.of(SecretBytes.owning(shared.toBytes()));
    }

    private static BigInteger exponent(SecretBytes privateKey) {
      return BigInteger.valueOf(ByteBuffer.wrap(privateKey.reveal()).getLong() & Long.MAX_VALUE);
    }

    private static Octets element(BigInteger value) {
      return Octets.owning(
          ByteBuffer.allocate(PUBLIC_KEY_BYTES).putLong(24, value.longValueExact()).array());
    }
  }

  /** A hash of public key and message. */
  static final class EverybodysSignature implements Signer {
    @Override
    public Octets publicKeyOf(SecretBytes privateKey) {
      return Octets.owning(Sha256.of(privateKey.reveal()).toBytes());
    }

    @Override
    public Octets sign(SecretBytes privateKey, byte[] message) {
      return signature(publicKeyOf(privateKey), message);
    }

    @Override
    public boolean verify(Octets publicKey, byte[] message, Octets signature) {
      return signature(publicKey, message).equals(signature);
    }

    private static Octets signature(Octets publicKey, byte[] message) {
      byte[] both = Arrays.copyOf(publicKey.toBytes(), PUBLIC_KEY_BYTES + message.length);
      System.arraycopy(message, 0, both, PUBLIC_KEY_BYTES, message.length);
      return Octets.owning(Arrays.copyOf(Sha256.of(both).toBytes(), SIGNATURE_BYTES));
    }
  }
}
