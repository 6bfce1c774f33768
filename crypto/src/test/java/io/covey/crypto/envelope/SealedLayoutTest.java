package io.covey.crypto.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.message.Limits;
import org.junit.jupiter.api.Test;

class SealedLayoutTest {

  /** All small sizes, with blocks of hardly more than a header. */
  @Test
  void blocksCoverTheWholeFileWithoutGapOrOverlap() {
    for (int blockBytes : new int[] {57, 64, 100}) {
      for (int plaintext = 0; plaintext < 700; plaintext++) {
        SealedLayout layout = new SealedLayout(plaintext, blockBytes);
        long sealed = 0;
        long plain = 0;
        for (int i = 0; i < layout.blocks(); i++) {
          assertThat(layout.sealedOffset(i)).isEqualTo(sealed);
          assertThat(layout.plaintextOffset(i)).isEqualTo(plain);
          boolean holdsSomething = layout.plaintextBytes(i) > 0 || plaintext == 0;
          assertThat(holdsSomething).as("block %d of %s", i, layout).isTrue();
          assertThat(layout.isLast(i)).isEqualTo(i == layout.blocks() - 1);
          sealed += layout.sealedBytes(i);
          plain += layout.plaintextBytes(i);
        }
        assertThat(sealed).isEqualTo(layout.sealedBytes());
        assertThat(plain).isEqualTo(plaintext);
      }
    }
  }

  @Test
  void oneBlockFillsOneMessage() {
    assertThat(SealedLayout.of(20 << 20).sealedBytes(7)).isEqualTo(Limits.CHUNK_CONTENT_BYTES);
  }

  /** At 2 % and 4 KiB more than the model, deliveries have room for this and their messages. */
  @Test
  void sealingAddsLessThanAThousandth() {
    long plaintext = 20 << 20;
    assertThat(SealedLayout.of(plaintext).sealedBytes() - plaintext).isEqualTo(40 + 174 * 16);
  }

  @Test
  void layoutFollowsFromTheSealedLength() {
    for (long plaintext = 0; plaintext < 500_000; plaintext += 997) {
      SealedLayout layout = SealedLayout.of(plaintext);
      assertThat(SealedLayout.ofSealed(layout.sealedBytes())).contains(layout);
    }
  }

  @Test
  void lengthsThatNoFileHasAreRefused() {
    int block = SealedLayout.BLOCK_BYTES;
    assertThat(SealedLayout.ofSealed(-1)).isEmpty();
    assertThat(SealedLayout.ofSealed(0)).isEmpty();
    assertThat(SealedLayout.ofSealed(55)).as("header and half a tag").isEmpty();
    assertThat(SealedLayout.ofSealed(block + 16)).as("a tag without a segment").isEmpty();
    assertThat(SealedLayout.ofSealed(Long.MAX_VALUE)).isEmpty();
    assertThat(SealedLayout.ofSealed(Limits.ARTIFACT_BYTES * 2)).isEmpty();
  }

  @Test
  void impossibleLayoutsAreMistakes() {
    assertThatThrownBy(() -> SealedLayout.of(-1)).hasMessageContaining("-1 bytes");
    assertThatThrownBy(() -> SealedLayout.of(Limits.ARTIFACT_BYTES + 1))
        .hasMessageContaining("expected 0 to 536870912");
    assertThatThrownBy(() -> new SealedLayout(1, 56)).hasMessageContaining("57");
    assertThatThrownBy(() -> SealedLayout.of(1).sealedBytes(1))
        .hasMessageContaining("block 1 of 1");
    assertThatThrownBy(() -> SealedLayout.of(1).sealedBytes(-1))
        .hasMessageContaining("block -1 of 1");
  }
}
