package io.covey.crypto.primitive.bc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Kem.Encapsulation;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class XWingTest {
  private final Kem kem = new XWing();

  /** One of the draft's. */
  record Vector(String seed, String eseed, String pk, String ct, String ss) {
    @Override
    public String toString() {
      return seed.substring(0, 8);
    }
  }

  static List<Vector> vectors() throws IOException {
    try (InputStream file = XWingTest.class.getResourceAsStream("xwing.txt")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      List<Vector> vectors = new ArrayList<>();
      for (String block : text.split("\n\n", -1)) {
        Properties values = new Properties();
        values.load(new StringReader(block));
        if (!values.isEmpty()) {
          vectors.add(
              new Vector(
                  values.getProperty("seed"),
                  values.getProperty("eseed"),
                  values.getProperty("pk"),
                  values.getProperty("ct"),
                  values.getProperty("ss")));
        }
      }
      return vectors;
    }
  }

  @Test
  void theDraftHasThreeVectors() throws IOException {
    assertThat(vectors()).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void publicKeysAreThoseOfTheDraft(Vector vector) {
    assertThat(kem.publicKeyOf(secret(vector.seed()))).isEqualTo(Octets.ofHex(vector.pk()));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void encapsulationsAreThoseOfTheDraft(Vector vector) {
    Encapsulation made =
        kem.encapsulate(Octets.ofHex(vector.pk()), secret(vector.eseed())).orElseThrow();
    assertThat(made.ciphertext()).isEqualTo(Octets.ofHex(vector.ct()));
    assertThat(made.sharedSecret()).isEqualTo(secret(vector.ss()));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void decapsulationsAreThoseOfTheDraft(Vector vector) {
    assertThat(kem.decapsulate(secret(vector.seed()), Octets.ofHex(vector.ct())))
        .contains(secret(vector.ss()));
  }

  /** One bit of either part; ML-KEM answers another secret, X25519 comes to another point. */
  @ParameterizedTest
  @ValueSource(ints = {0, 500, 1087, 1088, 1119})
  void alteredCiphertextGivesAnotherSecret(int position) throws IOException {
    Vector vector = vectors().get(0);
    byte[] altered = HexFormat.of().parseHex(vector.ct());
    altered[position] ^= 1;
    assertThat(kem.decapsulate(secret(vector.seed()), Octets.owning(altered)))
        .isPresent()
        .get()
        .isNotEqualTo(secret(vector.ss()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 1215, 1217, 4000})
  void publicKeyOfAnotherLengthIsRefused(int bytes) {
    Octets key = Octets.owning(new byte[bytes]);
    assertThat(kem.accepts(key)).isFalse();
    assertThat(kem.encapsulate(key, SecretBytes.owning(new byte[64]))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 1119, 1121, 4000})
  void ciphertextOfAnotherLengthIsRefused(int bytes) {
    assertThat(kem.decapsulate(SecretBytes.owning(new byte[32]), Octets.owning(new byte[bytes])))
        .isEmpty();
  }

  /** FIPS 203, section 7.2: 12-bit coefficients are below 3329. */
  @Test
  void publicKeyWithCoefficientThatIsNotReducedIsRefused() throws IOException {
    byte[] key = HexFormat.of().parseHex(vectors().get(0).pk());
    key[0] = (byte) 0x01;
    key[1] = (byte) ((key[1] & 0xf0) | 0x0d);
    assertThat(kem.accepts(Octets.copyOf(key))).as("coefficient 0xd01 is the modulus").isFalse();
    key[0] = 0;
    assertThat(kem.accepts(Octets.copyOf(key))).as("one less is not").isTrue();
  }

  @Test
  void pointsOfSmallOrderAreRefused() throws IOException {
    Vector vector = vectors().get(0);
    for (Octets point : SmallOrderPoints.ALL) {
      Octets key = Octets.ofHex(vector.pk().substring(0, 2 * 1184) + point.toHex());
      Octets ciphertext = Octets.ofHex(vector.ct().substring(0, 2 * 1088) + point.toHex());
      assertThat(kem.accepts(key)).isFalse();
      assertThat(kem.encapsulate(key, secret(vector.eseed()))).isEmpty();
      assertThat(kem.decapsulate(secret(vector.seed()), ciphertext)).isEmpty();
    }
  }

  @Test
  void nothingButAnswersComesFromRandomCiphertexts() {
    long seed = 20260301;
    Random random = new Random(seed);
    SecretBytes privateKey = SecretBytes.owning(new byte[32]);
    for (int i = 0; i < 200; i++) {
      byte[] ciphertext = new byte[Kem.CIPHERTEXT_BYTES];
      random.nextBytes(ciphertext);
      assertThat(kem.decapsulate(privateKey, Octets.owning(ciphertext)))
          .as("seed %d", seed)
          .isPresent();
    }
  }

  @Test
  void keysAndSeedsOfAnotherLengthAreMistakes() throws IOException {
    Octets publicKey = Octets.ofHex(vectors().get(0).pk());
    SecretBytes wrong = SecretBytes.owning(new byte[31]);
    assertThatThrownBy(() -> kem.publicKeyOf(wrong)).hasMessageContaining("31");
    assertThatThrownBy(() -> kem.encapsulate(publicKey, wrong)).hasMessageContaining("31");
    assertThatThrownBy(() -> kem.decapsulate(wrong, publicKey)).hasMessageContaining("31");
  }

  private static SecretBytes secret(String hex) {
    return SecretBytes.owning(HexFormat.of().parseHex(hex));
  }
}
