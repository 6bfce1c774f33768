package io.covey.crypto.primitive.bc;

import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/** X25519 (RFC 7748), refusing points of small order as its section 6.1 allows. */
public final class X25519 implements KeyAgreement {

  @Override
  public Octets publicKeyOf(SecretBytes privateKey) {
    byte[] publicKey = new byte[PUBLIC_KEY_BYTES];
    org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(checked(privateKey), 0, publicKey, 0);
    return Octets.owning(publicKey);
  }

  @Override
  public boolean contributes(Octets publicKey) {
    return publicKey.length() == PUBLIC_KEY_BYTES && !SmallOrderPoints.contains(publicKey);
  }

  @Override
  public Optional<SecretBytes> agree(SecretBytes privateKey, Octets peerPublicKey) {
    byte[] scalar = checked(privateKey);
    if (peerPublicKey.length() != PUBLIC_KEY_BYTES) {
      return Optional.empty();
    }
    byte[] shared = new byte[org.bouncycastle.math.ec.rfc7748.X25519.POINT_SIZE];
    boolean contributes =
        org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(
            scalar, 0, peerPublicKey.toBytes(), 0, shared, 0);
    if (!contributes) {
      Arrays.fill(shared, (byte) 0);
      return Optional.empty();
    }
    return Optional.of(SecretBytes.owning(shared));
  }

  private static byte[] checked(SecretBytes privateKey) {
    if (privateKey.length() != PRIVATE_KEY_BYTES) {
      throw new IllegalArgumentException(
          "private key of " + privateKey.length() + " bytes, expected " + PRIVATE_KEY_BYTES);
    }
    return privateKey.reveal();
  }
}
