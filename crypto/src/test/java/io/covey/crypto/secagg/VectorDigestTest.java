package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected values were computed with another program's SHA-256 (Python's hashlib). */
class VectorDigestTest {
  private static final Sha256 ABC = Sha256.of("abc".getBytes(StandardCharsets.US_ASCII));
  private static final Sha256 NOTHING = Sha256.of(new byte[0]);

  @Test
  void digestsAreThoseOfTheChunksDigestsInOrder() {
    assertThat(VectorDigest.of(List.of(ABC)))
        .isEqualTo(
            Octets.ofHex("4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358"));
    assertThat(VectorDigest.of(List.of(ABC, NOTHING)))
        .isEqualTo(
            Octets.ofHex("6f1290896ee81a0349174d19f4473d267a10289c40480861d5c42affffbd79f9"));
  }

  @Test
  void theOrderOfChunksCounts() {
    assertThat(VectorDigest.of(List.of(ABC, NOTHING)))
        .isNotEqualTo(VectorDigest.of(List.of(NOTHING, ABC)));
  }

  @Test
  void aVectorWithoutChunksIsNone() {
    assertThatThrownBy(() -> VectorDigest.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 chunks, expected at least 1");
  }
}
