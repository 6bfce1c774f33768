package io.covey.crypto.primitive.bc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurvesTest {
  private final KeyAgreement agreement = new X25519();
  private final Signer signer = new Ed25519();

  /** RFC 7748, section 6.1. */
  @Test
  void bothSidesAgreeAsTheRfcSays() {
    SecretBytes alice = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    SecretBytes bob = secret("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    Octets alicePublic =
        Octets.ofHex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    Octets bobPublic =
        Octets.ofHex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    SecretBytes shared = secret("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assertThat(agreement.publicKeyOf(alice)).isEqualTo(alicePublic);
    assertThat(agreement.publicKeyOf(bob)).isEqualTo(bobPublic);
    assertThat(agreement.agree(alice, bobPublic)).contains(shared);
    assertThat(agreement.agree(bob, alicePublic)).contains(shared);
  }

  /** Points of order 1, 2, 4 and 8, and the same ones written with a coordinate above p. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "00",
        ""
      })
  void keysThatContributeNothingAreRefused(String peer) {
    SecretBytes own = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    assertThat(agreement.agree(own, Octets.ofHex(peer))).isEmpty();
    assertThat(agreement.contributes(Octets.ofHex(peer))).isFalse();
  }

  /** Bit 255 is no part of a coordinate, so that it changes neither answer; seed 7. */
  @Test
  void whetherAKeyContributesIsKnownWithoutAPrivateKey() {
    SecretBytes own = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    for (Octets point : SmallOrderPoints.ALL) {
      Octets written = withHighestBit(point);
      assertThat(agreement.agree(own, written)).isEmpty();
      assertThat(agreement.contributes(written)).isFalse();
    }
    Random random = new Random(7);
    for (int trial = 0; trial < 100; trial++) {
      byte[] any = new byte[KeyAgreement.PUBLIC_KEY_BYTES];
      random.nextBytes(any);
      assertThat(agreement.agree(own, Octets.copyOf(any))).isPresent();
      assertThat(agreement.contributes(Octets.copyOf(any))).isTrue();
    }
  }

  private static Octets withHighestBit(Octets point) {
    byte[] bytes = point.toBytes();
    bytes[31] |= (byte) 0x80;
    return Octets.owning(bytes);
  }

  @Test
  void keysThatAreNoPointsVerifyNothingAndForgottenOnesAreDecodedAgain() {
    DecodedKeys keys = new DecodedKeys(2);
    assertThat(keys.pointOf(Octets.ofHex("02" + "00".repeat(31)))).isEmpty();
    for (int repetition = 0; repetition < 2; repetition++) {
      for (int i = 1; i <= 3; i++) {
        SecretBytes key = SecretBytes.owning(new byte[32]);
        key.reveal()[0] = (byte) i;
        Octets publicKey = signer.publicKeyOf(key);
        byte[] encoded = new byte[Signer.PUBLIC_KEY_BYTES];
        org.bouncycastle.math.ec.rfc8032.Ed25519.encodePublicPoint(
            keys.pointOf(publicKey).orElseThrow(), encoded, 0);
        assertThat(Octets.owning(encoded)).isEqualTo(publicKey);
        assertThat(keys.size()).isLessThanOrEqualTo(2);
      }
    }
  }

  /** RFC 8032, section 7.1, tests 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
        + "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
        + "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void signaturesAreThoseOfTheRfc(String key, String publicKey, String text, String signature) {
    byte[] message = HexFormat.of().parseHex(text);
    assertThat(signer.publicKeyOf(secret(key))).isEqualTo(Octets.ofHex(publicKey));
    assertThat(signer.sign(secret(key), message)).isEqualTo(Octets.ofHex(signature));
    assertThat(signer.verify(Octets.ofHex(publicKey), message, Octets.ofHex(signature))).isTrue();
  }

  @Test
  void everyFlippedBitOfASignatureIsNoticed() {
    SecretBytes key = secret("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    byte[] message = {1, 2, 3};
    Octets publicKey = signer.publicKeyOf(key);
    byte[] signature = signer.sign(key, message).toBytes();
    for (int bit = 0; bit < 8 * signature.length; bit++) {
      signature[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(signer.verify(publicKey, message, Octets.copyOf(signature))).isFalse();
      signature[bit / 8] ^= (byte) (1 << (bit % 8));
    }
    assertThat(signer.verify(publicKey, new byte[] {1, 2}, Octets.copyOf(signature))).isFalse();
    assertThat(signer.verify(Octets.ofHex("00"), message, Octets.copyOf(signature))).isFalse();
    assertThat(signer.verify(publicKey, message, Octets.ofHex("00"))).isFalse();
  }

  @Test
  void privateKeysOfAnotherLengthAreRefused() {
    SecretBytes shortKey = SecretBytes.owning(new byte[31]);
    assertThatThrownBy(() -> agreement.publicKeyOf(shortKey))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("private key of 31 bytes, expected 32");
    assertThatThrownBy(() -> signer.sign(shortKey, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static SecretBytes secret(String hex) {
    return SecretBytes.owning(HexFormat.of().parseHex(hex));
  }
}
