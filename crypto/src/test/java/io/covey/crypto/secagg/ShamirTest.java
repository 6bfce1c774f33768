package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShamirTest {
  private static final long SEED = 20_260_301;
  private static final BigInteger PRIME = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);

  private final Random random = new Random(SEED);
  private final RandomWords words = AesCtrRandomWords.fromSeed(randomBytes(32));

  /** With p(x) = limb + 1x + 2x^2 for every limb, worked out by hand. */
  @Test
  void sharesAreValuesOfPolynomialsWithTheSecretAtZero() {
    long[] stream = {0, 1L << 3, 2L << 3};
    byte[] secret = new byte[32];
    secret[7] = 5;
    SecretBytes[] shares =
        Shamir.split(
            SecretBytes.owning(secret),
            3,
            4,
            destination -> System.arraycopy(stream, 0, destination, 0, 3));
    for (int x = 1; x <= 4; x++) {
      ByteBuffer share = ByteBuffer.wrap(shares[x - 1].reveal());
      long high = x + 2L * x * x;
      assertThat(share.getLong()).isEqualTo(5 + high);
      for (int limb = 1; limb < Shamir.LIMBS; limb++) {
        assertThat(share.getLong()).isEqualTo(high);
      }
    }
  }

  @ParameterizedTest(name = "{0} of {1}, seed " + SEED)
  @CsvSource({"1, 1", "1, 3", "2, 2", "2, 5", "7, 14", "14, 20", "60, 119"})
  void anyThresholdOfSharesOpensTheSecret(int threshold, int count) {
    for (int trial = 0; trial < 20; trial++) {
      SecretBytes secret = SecretBytes.owning(randomBytes(32));
      SecretBytes[] shares = Shamir.split(secret, threshold, count, words);
      int[] places = randomPlaces(count, threshold);
      assertThat(new ShamirReconstruction(places).open(at(shares, places))).contains(secret);
    }
  }

  @Test
  void secretsOfExtremeBitsComeBack() {
    for (int value : new int[] {0, 0xff, 0x80, 0x01}) {
      byte[] bytes = new byte[32];
      Arrays.fill(bytes, (byte) value);
      SecretBytes secret = SecretBytes.owning(bytes);
      SecretBytes[] shares = Shamir.split(secret, 2, 3, words);
      assertThat(new ShamirReconstruction(3, 1).open(List.of(shares[2], shares[0])))
          .contains(secret);
    }
  }

  /** For every secret there is a last share that turns the others into shares of it. */
  @Test
  void oneShareLessFitsEverySecret() {
    SecretBytes[] shares = Shamir.split(SecretBytes.owning(randomBytes(32)), 3, 3, words);
    ShamirReconstruction reconstruction = new ShamirReconstruction(1, 2, 3);
    for (int trial = 0; trial < 100; trial++) {
      SecretBytes wanted = SecretBytes.owning(randomBytes(32));
      // Lagrange at 0 over places 1, 2, 3: secret = 3 s1 - 3 s2 + s3.
      SecretBytes[] ofWanted = Shamir.split(wanted, 1, 1, words);
      ByteBuffer missing = ByteBuffer.allocate(Shamir.SHARE_BYTES);
      for (int limb = 0; limb < Shamir.LIMBS; limb++) {
        long target = limb(ofWanted[0], limb);
        long first = limb(shares[0], limb);
        long second = limb(shares[1], limb);
        missing.putLong(
            MersenneField.add(
                MersenneField.subtract(target, MersenneField.multiply(3, first)),
                MersenneField.multiply(3, second)));
      }
      assertThat(
              reconstruction.open(
                  List.of(shares[0], shares[1], SecretBytes.owning(missing.array()))))
          .contains(wanted);
    }
  }

  @Test
  void aWrongShareIsNoticed() {
    SecretBytes[] shares = Shamir.split(SecretBytes.owning(randomBytes(32)), 3, 5, words);
    ShamirReconstruction reconstruction = new ShamirReconstruction(1, 2, 4);
    for (int trial = 0; trial < 200; trial++) {
      SecretBytes wrong = Shamir.split(SecretBytes.owning(randomBytes(32)), 3, 5, words)[3];
      assertThat(reconstruction.open(List.of(shares[0], shares[1], wrong))).isEmpty();
    }
    byte[] beyondField = shares[3].copy().reveal();
    beyondField[0] |= (byte) 0x80;
    assertThat(reconstruction.open(List.of(shares[0], shares[1], SecretBytes.owning(beyondField))))
        .isEmpty();
    assertThat(reconstruction.open(List.of(shares[0], shares[1], SecretBytes.owning(new byte[39]))))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "4, 3", "-1, 3"})
  void impossibleThresholdsAreRefused(int threshold, int count) {
    SecretBytes secret = SecretBytes.owning(new byte[32]);
    assertThatThrownBy(() -> Shamir.split(secret, threshold, count, words))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void placesAndLengthsAreChecked() {
    assertThatThrownBy(() -> new ShamirReconstruction(1, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two shares at place 1");
    assertThatThrownBy(() -> new ShamirReconstruction(0, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(ShamirReconstruction::new).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ShamirReconstruction(1, 2).open(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 shares, expected 2");
    assertThatThrownBy(() -> Shamir.split(SecretBytes.owning(new byte[31]), 1, 1, words))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("secret of 31 bytes, expected 32");
  }

  @Test
  void theFieldAgreesWithBigIntegers() {
    long[] elements = new long[300];
    MersenneField.fillUniform(elements, words);
    long largest = MersenneField.PRIME - 1;
    elements[0] = 0;
    elements[1] = 1;
    elements[2] = largest;
    elements[3] = largest - 1;
    for (long a : elements) {
      for (long b : elements) {
        BigInteger x = BigInteger.valueOf(a);
        BigInteger y = BigInteger.valueOf(b);
        assertThat(MersenneField.add(a, b)).isEqualTo(x.add(y).mod(PRIME).longValue());
        assertThat(MersenneField.subtract(a, b)).isEqualTo(x.subtract(y).mod(PRIME).longValue());
        assertThat(MersenneField.multiply(a, b)).isEqualTo(x.multiply(y).mod(PRIME).longValue());
      }
      if (a != 0) {
        assertThat(MersenneField.multiply(a, MersenneField.invert(a))).isEqualTo(1);
      }
    }
    assertThatThrownBy(() -> MersenneField.invert(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theOneNumberThatIsNoElementIsDrawnAgain() {
    List<Long> stream = new ArrayList<>(List.of(-1L, -1L, 7L << 3));
    long[] one = new long[1];
    MersenneField.fillUniform(one, destination -> destination[0] = stream.remove(0));
    assertThat(one[0]).isEqualTo(7);
  }

  private byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private int[] randomPlaces(int count, int wanted) {
    List<Integer> all = new ArrayList<>();
    for (int place = 1; place <= count; place++) {
      all.add(place);
    }
    Collections.shuffle(all, random);
    return all.stream().limit(wanted).mapToInt(Integer::intValue).toArray();
  }

  private static List<SecretBytes> at(SecretBytes[] shares, int[] places) {
    return Arrays.stream(places).mapToObj(place -> shares[place - 1]).toList();
  }

  private static long limb(SecretBytes share, int limb) {
    return ByteBuffer.wrap(share.reveal()).getLong(limb * Long.BYTES);
  }
}
