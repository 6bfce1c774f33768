package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Octets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** Keys for TLS: ECDSA on P-256 (FIPS 186-5), which every broker and secure element has. */
public final class P256Keys {
  private static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);
  private static final int POINT_BYTES = 65;

  private P256Keys() {}

  /** A new pair, from the platform's secure generator. */
  public static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks P-256", e);
    }
  }

  /**
   * Refuses whatever is not a point of P-256 in the usual form.
   *
   * @param encoded a SubjectPublicKeyInfo in DER
   * @throws IllegalArgumentException for anything else
   */
  static Octets checked(Octets encoded) {
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(encoded.toBytes());
    byte[] point = key.getPublicKeyData().getOctets();
    boolean usual =
        key.getAlgorithm().equals(ALGORITHM)
            && point.length == POINT_BYTES
            && Octets.owning(X509.der(key)).equals(encoded);
    if (!usual) {
      throw new IllegalArgumentException(
          "a key with an encoding of %d bytes, expected an uncompressed point of P-256"
              .formatted(encoded.length()));
    }
    // Throws for what is not on the curve. The curve's cofactor is 1: there are no small orders.
    if (CustomNamedCurves.getByName("P-256").getCurve().decodePoint(point).isInfinity()) {
      throw new IllegalArgumentException("the point at infinity is no key");
    }
    return encoded;
  }

  /** Whether what one key signs the other verifies. */
  static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
    byte[] probe = new byte[POINT_BYTES];
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(privateKey);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The key of what {@link #checked} let pass. */
  static PublicKey publicKey(Octets encoded) {
    try {
      return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded.toBytes()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a key of P-256", e);
    }
  }
}
