package io.covey.crypto.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a file that claims to be sealed begins with. */
class SealedHeaderTest {
  private static final long SEED = Long.getLong("covey.seed", 20_261_127L);

  @Test
  void whateverBeginsOtherwiseOrIsShorterIsNoHeaderAndAllElseIsOne() {
    System.out.println("SealedHeaderTest seed: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    int read = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(2 * SealedLayout.HEADER_BYTES)];
      random.nextBytes(bytes);
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[0] = SealedLayout.HEADER_BYTES;
      }
      boolean isOne =
          bytes.length >= SealedLayout.HEADER_BYTES && bytes[0] == SealedLayout.HEADER_BYTES;
      var header = SealedHeader.read(bytes);
      assertThat(header.isPresent()).isEqualTo(isOne);
      header.ifPresent(
          found ->
              assertThat(found.toBytes())
                  .isEqualTo(Arrays.copyOf(bytes, SealedLayout.HEADER_BYTES)));
      read += isOne ? 1 : 0;
    }
    assertThat(read).isPositive();
  }
}
