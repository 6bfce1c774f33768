package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskTerm.Sign;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskExpanderTest {
  private static final long SEED = 99;

  private final Random random = new Random(SEED);
  private final MaskExpander expander = new MaskExpander(Prg.aesCtr());

  @ParameterizedTest(name = "{0} words, seed " + SEED)
  @ValueSource(ints = {1, 2, 1023, 1024, 1025, 2048, 5000})
  void masksAreThoseOfThePlainVersion(int words) {
    for (Sign sign : Sign.values()) {
      MaskTerm term = new MaskTerm(sign, seed());
      long[] plain = random.longs(words).toArray();
      ModularVector vector = new ModularVector(words);
      vector.add(plain);
      MaskExpander.applyPlainly(term, plain, Prg.aesCtr());
      expander.apply(term, vector);
      long[] masked = new long[words];
      vector.copyTo(0, words, masked);
      assertThat(masked).isEqualTo(plain);
    }
  }

  @Test
  void aPairsMasksCancel() {
    SecretBytes seed = seed();
    ModularVector sum = new ModularVector(3000);
    expander.apply(new MaskTerm(Sign.of("anna", "bert"), seed), sum);
    assertThat(sum.word(2999)).isNotZero();
    expander.apply(new MaskTerm(Sign.of("bert", "anna"), seed), sum);
    for (int i = 0; i < sum.length(); i++) {
      assertThat(sum.word(i)).isZero();
    }
  }

  @Test
  void everyBitOfAMaskIsSetAboutHalfOfTheTime() {
    int words = 20_000;
    ModularVector mask = new ModularVector(words);
    expander.apply(new MaskTerm(Sign.ADD, seed()), mask);
    for (int bit = 0; bit < 64; bit++) {
      int ones = 0;
      for (int i = 0; i < words; i++) {
        ones += (int) ((mask.word(i) >>> bit) & 1);
      }
      // Six standard deviations of 71.
      assertThat(ones).as("bit %d", bit).isBetween(words / 2 - 424, words / 2 + 424);
    }
  }

  @Test
  void theSmallerIdAddsTheLargerSubtractsAndNobodyMasksWithItself() {
    assertThat(Sign.of("a", "b")).isEqualTo(Sign.ADD);
    assertThat(Sign.of("b", "a")).isEqualTo(Sign.SUBTRACT);
    assertThat(Sign.ADD.opposite()).isEqualTo(Sign.SUBTRACT);
    assertThat(Sign.SUBTRACT.opposite()).isEqualTo(Sign.ADD);
    assertThatThrownBy(() -> Sign.of("a", "a")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void seedsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> new MaskTerm(Sign.ADD, SecretBytes.owning(new byte[4])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mask seed of 4 bytes, expected 32");
  }

  private SecretBytes seed() {
    byte[] bytes = new byte[Prg.SEED_BYTES];
    random.nextBytes(bytes);
    return SecretBytes.owning(bytes);
  }
}
