package io.covey.crypto.primitive.bc;

import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMGenerator;
import org.bouncycastle.pqc.crypto.xwing.XWingKeyGenerationParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingKeyPairGenerator;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingPublicKeyParameters;

/**
 * X-Wing (draft-connolly-cfrg-xwing-kem, as of its version 06; Barbosa et al., IACR CiC 1(1),
 * 2024): X25519 and ML-KEM-768 (FIPS 203) side by side, joined by SHA3-256. Secret as long as one
 * of the two is.
 */
public final class XWing implements Kem {
  private static final int POINT_BYTES = 32;

  @Override
  public Octets publicKeyOf(SecretBytes privateKey) {
    XWingKeyPairGenerator generator = new XWingKeyPairGenerator();
    generator.init(new XWingKeyGenerationParameters(new GivenRandomness(checked(privateKey))));
    return Octets.owning(
        ((XWingPublicKeyParameters) generator.generateKeyPair().getPublic()).getEncoded());
  }

  @Override
  public boolean accepts(Octets publicKey) {
    return parsed(publicKey).isPresent();
  }

  @Override
  public Optional<Encapsulation> encapsulate(Octets publicKey, SecretBytes seed) {
    if (seed.length() != ENCAPSULATION_SEED_BYTES) {
      throw new IllegalArgumentException(
          "seed of " + seed.length() + " bytes, expected " + ENCAPSULATION_SEED_BYTES);
    }
    return parsed(publicKey).map(key -> encapsulate(key, seed));
  }

  private static Encapsulation encapsulate(XWingPublicKeyParameters key, SecretBytes seed) {
    SecretWithEncapsulation made =
        new XWingKEMGenerator(new GivenRandomness(seed.reveal())).generateEncapsulated(key);
    // Both arrays are copies.
    return new Encapsulation(
        Octets.owning(made.getEncapsulation()), SecretBytes.owning(made.getSecret()));
  }

  @Override
  public Optional<SecretBytes> decapsulate(SecretBytes privateKey, Octets ciphertext) {
    byte[] seed = checked(privateKey);
    if (ciphertext.length() != CIPHERTEXT_BYTES || endsInSmallOrder(ciphertext)) {
      return Optional.empty();
    }
    return Optional.of(
        SecretBytes.owning(
            new XWingKEMExtractor(new XWingPrivateKeyParameters(seed))
                .extractSecret(ciphertext.toBytes())));
  }

  private static Optional<XWingPublicKeyParameters> parsed(Octets publicKey) {
    if (publicKey.length() != PUBLIC_KEY_BYTES || endsInSmallOrder(publicKey)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new XWingPublicKeyParameters(publicKey.toBytes()));
    } catch (IllegalArgumentException e) {
      // A coefficient of ML-KEM's part is not below its modulus.
      return Optional.empty();
    }
  }

  /** The point of X25519 comes last in public keys and in ciphertexts. */
  private static boolean endsInSmallOrder(Octets keyOrCiphertext) {
    byte[] bytes = keyOrCiphertext.toBytes();
    return SmallOrderPoints.contains(
        Octets.owning(Arrays.copyOfRange(bytes, bytes.length - POINT_BYTES, bytes.length)));
  }

  private static byte[] checked(SecretBytes privateKey) {
    if (privateKey.length() != PRIVATE_KEY_BYTES) {
      throw new IllegalArgumentException(
          "private key of " + privateKey.length() + " bytes, expected " + PRIVATE_KEY_BYTES);
    }
    return privateKey.reveal();
  }
}
