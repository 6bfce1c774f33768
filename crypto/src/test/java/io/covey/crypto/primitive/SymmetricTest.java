package io.covey.crypto.primitive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricTest {
  private static final HexFormat HEX = HexFormat.of();
  private final Aead aead = new AesGcm();

  /** RFC 5869, appendices A.1 to A.3. */
  @ParameterizedTest
  @CsvSource({
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b,000102030405060708090a0b0c,f0f1f2f3f4f5f6f7f8f9,"
        + "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
        + "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f,"
        + "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
        + "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf,"
        + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
        + "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff,"
        + "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
        + "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
        + "1d87",
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b,'','',"
        + "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
  })
  void keysAreThoseOfTheRfc(String secret, String salt, String info, String expected) {
    SecretBytes derived =
        Hkdf.derive(
            SecretBytes.owning(HEX.parseHex(secret)),
            HEX.parseHex(salt),
            HEX.parseHex(info),
            expected.length() / 2);
    assertThat(HEX.formatHex(derived.reveal())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 255 * 32 + 1})
  void keysOfImpossibleLengthAreRefused(int bytes) {
    SecretBytes secret = SecretBytes.owning(new byte[32]);
    assertThatThrownBy(() -> Hkdf.derive(secret, new byte[0], new byte[0], bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Test cases 13, 14 and 16 for AES-256 of the GCM specification submitted to NIST. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000000000000000000000000000000000000000000000000000,000000000000000000000000,"
        + "'','',530f8afbc74536b9a963b4f1c4cb738b",
    "0000000000000000000000000000000000000000000000000000000000000000,000000000000000000000000,"
        + "'',00000000000000000000000000000000,"
        + "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308,cafebabefacedbaddecaf888,"
        + "feedfacedeadbeeffeedfacedeadbeefabaddad2,"
        + "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
        + "2fcf0e2449a6b525b16aedf5aa0de657ba637b39,"
        + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
        + "a7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
  })
  void ciphertextsAreThoseOfTheStandard(
      String key, String nonce, String data, String text, String sealed) {
    SecretBytes secret = SecretBytes.owning(HEX.parseHex(key));
    SecretBytes plaintext = SecretBytes.owning(HEX.parseHex(text));
    byte[] once = HEX.parseHex(nonce);
    byte[] associated = HEX.parseHex(data);
    assertThat(aead.seal(secret, once, associated, plaintext)).isEqualTo(Octets.ofHex(sealed));
    assertThat(aead.open(secret, once, associated, Octets.ofHex(sealed))).contains(plaintext);
  }

  @Test
  void nothingOpensOnceAnyBitIsChanged() {
    SecretBytes key = SecretBytes.owning(new byte[Aead.KEY_BYTES]);
    byte[] nonce = new byte[Aead.NONCE_BYTES];
    byte[] data = {7};
    byte[] sealed = aead.seal(key, nonce, data, SecretBytes.owning(new byte[] {1, 2, 3})).toBytes();
    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      sealed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(aead.open(key, nonce, data, Octets.copyOf(sealed))).isEmpty();
      sealed[bit / 8] ^= (byte) (1 << (bit % 8));
    }
    assertThat(aead.open(key, nonce, new byte[] {8}, Octets.copyOf(sealed))).isEmpty();
    assertThat(aead.open(key, nonce, data, Octets.ofHex("00"))).isEmpty();
    assertThat(aead.open(key, nonce, data, Octets.copyOf(sealed))).isPresent();
  }

  @Test
  void aKeyOfAnotherLengthIsRefused() {
    SecretBytes key = SecretBytes.owning(new byte[16]);
    assertThatThrownBy(() -> aead.seal(key, new byte[12], new byte[0], key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key of 16 and nonce of 12 bytes, expected 32 and 12");
  }

  @Test
  void theGeneratorIsTheStandardsKeystream() {
    byte[] seed = HEX.parseHex("2b7e151628aed2a6abf7158809cf4f3cf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    long[] words = new long[1];
    Prg.aesCtr().expand(SecretBytes.owning(seed)).fill(words);
    assertThat(words[0]).isEqualTo(Long.reverseBytes(0xec8cdf7398607cb0L));
  }

  @Test
  void secretsAreRedactedComparedByValueAndGoneOnceWiped() {
    SecretBytes secret = SecretBytes.copyOf(new byte[] {42, 43});
    byte[] inside = secret.reveal();
    assertThat(secret.toString()).isEqualTo("SecretBytes[2 bytes redacted]");
    assertThat(secret).isEqualTo(secret.copy()).isNotEqualTo(SecretBytes.owning(new byte[2]));
    assertThat(secret.hashCode()).isEqualTo(SecretBytes.owning(new byte[2]).hashCode());
    secret.close();
    assertThat(inside).containsOnly(0);
    assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void octetsAreCopiedAndOrderedAsUnsignedBytes() {
    byte[] bytes = {1, 2};
    Octets octets = Octets.copyOf(bytes);
    bytes[0] = 9;
    octets.toBytes()[1] = 9;
    assertThat(octets).isEqualTo(Octets.ofHex("0102")).isLessThan(Octets.ofHex("ff"));
    assertThatThrownBy(() -> octets.requireLength("root", 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("root of 2 bytes, expected 32");
  }
}
