package io.covey.crypto.primitive;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in Galois/counter mode with a tag of 128 bits (NIST SP 800-38D), by the JDK, which uses
 * the processor's instructions for both.
 */
public final class AesGcm implements Aead {

  @Override
  public Octets seal(SecretBytes key, byte[] nonce, byte[] associatedData, SecretBytes plaintext) {
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, associatedData);
      return Octets.owning(cipher.doFinal(plaintext.reveal()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  @Override
  public Optional<SecretBytes> open(
      SecretBytes key, byte[] nonce, byte[] associatedData, Octets sealed) {
    if (sealed.length() < TAG_BYTES) {
      return Optional.empty();
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, associatedData);
      return Optional.of(SecretBytes.owning(cipher.doFinal(sealed.toBytes())));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
  }

  private static Cipher cipher(int mode, SecretBytes key, byte[] nonce, byte[] associatedData)
      throws GeneralSecurityException {
    if (key.length() != KEY_BYTES || nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException(
          "key of %d and nonce of %d bytes, expected %d and %d"
              .formatted(key.length(), nonce.length, KEY_BYTES, NONCE_BYTES));
    }
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(key.reveal(), "AES"),
        new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(associatedData);
    return cipher;
  }
}
