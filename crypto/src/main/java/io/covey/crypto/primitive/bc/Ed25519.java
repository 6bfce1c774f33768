package io.covey.crypto.primitive.bc;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;

/** Ed25519 (RFC 8032, section 5.1), without context or prehash. */
public final class Ed25519 implements Signer {
  /** Enough for a large cohort, in some 10 MB. */
  private static final int DECODED_KEYS = 1 << 15;

  private final DecodedKeys decoded = new DecodedKeys(DECODED_KEYS);

  @Override
  public Octets publicKeyOf(SecretBytes privateKey) {
    byte[] publicKey = new byte[PUBLIC_KEY_BYTES];
    org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(
        checked(privateKey), 0, publicKey, 0);
    return Octets.owning(publicKey);
  }

  @Override
  public Octets sign(SecretBytes privateKey, byte[] message) {
    byte[] signature = new byte[SIGNATURE_BYTES];
    org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
        checked(privateKey), 0, message, 0, message.length, signature, 0);
    return Octets.owning(signature);
  }

  @Override
  public boolean verify(Octets publicKey, byte[] message, Octets signature) {
    if (publicKey.length() != PUBLIC_KEY_BYTES || signature.length() != SIGNATURE_BYTES) {
      return false;
    }
    byte[] bytes = signature.toBytes();
    return decoded
        .pointOf(publicKey)
        .filter(
            point ->
                org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
                    bytes, 0, point, message, 0, message.length))
        .isPresent();
  }

  private static byte[] checked(SecretBytes privateKey) {
    if (privateKey.length() != PRIVATE_KEY_BYTES) {
      throw new IllegalArgumentException(
          "private key of " + privateKey.length() + " bytes, expected " + PRIVATE_KEY_BYTES);
    }
    return privateKey.reveal();
  }
}
