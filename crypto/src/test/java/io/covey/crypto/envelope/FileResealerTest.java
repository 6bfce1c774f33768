package io.covey.crypto.envelope;

import static io.covey.crypto.envelope.Sealing.FILE;
import static io.covey.crypto.envelope.Sealing.key;
import static io.covey.crypto.envelope.Sealing.random;
import static io.covey.crypto.envelope.Sealing.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.covey.crypto.envelope.Sealing.Sample;
import io.covey.protocols.id.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileResealerTest {
  private final ContentKey key = key(1);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 120_776, 120_777, 300_000})
  void fileIsSealedAgainByteForByte(int bytes) throws IOException {
    Sample file = sample(bytes, key, random(3));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    assertThat(
            FileResealer.reseal(
                key,
                new SealedArtifact(FILE, file.description()),
                SealedHeader.read(file.sealed()).orElseThrow(),
                file.plaintext(),
                again))
        .isTrue();
    assertThat(again.toByteArray()).isEqualTo(file.sealed());
  }

  /** Two plaintexts under one header would share their nonces. */
  @Test
  void otherPlaintextIsNotSealedAtAll() throws IOException {
    Sample file = sample(1000, key, random(3));
    byte[] other = file.plaintext().clone();
    other[999] ^= 1;
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    assertThat(
            FileResealer.reseal(
                key,
                new SealedArtifact(FILE, file.description()),
                SealedHeader.read(file.sealed()).orElseThrow(),
                other,
                again))
        .isFalse();
    assertThat(again.size()).isZero();
  }

  @Test
  void otherHeaderLeadsToAnotherFile() throws IOException {
    Sample file = sample(1000, key, random(3));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    assertThat(
            FileResealer.reseal(
                key,
                new SealedArtifact(FILE, file.description()),
                SealedHeader.generate(random(4)),
                file.plaintext(),
                again))
        .isTrue();
    assertThat(Sha256.of(again.toByteArray())).isNotEqualTo(file.description().sealed());
  }

  @Test
  void contentOfADifferenceHasItsGoldenBytes() {
    byte[] header = new byte[SealedLayout.HEADER_BYTES];
    for (int i = 0; i < header.length; i++) {
      header[i] = (byte) (i == 0 ? SealedLayout.HEADER_BYTES : i);
    }
    DifferenceContent content =
        new DifferenceContent(SealedHeader.read(header).orElseThrow(), new byte[] {7, -8});
    byte[] encoded = content.encode();
    assertThat(HexFormat.of().formatHex(encoded))
        .isEqualTo(
            "28" // 40, the header's own length
                + "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20" // salt
                + "21222324252627" // nonce prefix
                + "07f8");
    DifferenceContent decoded = DifferenceContent.decode(encoded).orElseThrow();
    assertThat(decoded.header()).isEqualTo(content.header());
    assertThat(decoded.difference()).containsExactly(7, -8);
  }

  @Test
  void whatIsNoContentOfADifferenceIsRefused() {
    byte[] header = SealedHeader.generate(random(4)).toBytes();
    assertThat(DifferenceContent.decode(new byte[0])).isEmpty();
    assertThat(DifferenceContent.decode(header)).isEmpty();
    byte[] wrong = Arrays.copyOf(header, 100);
    wrong[0] = 41;
    assertThat(DifferenceContent.decode(wrong)).isEmpty();
    SealedHeader read = SealedHeader.read(header).orElseThrow();
    assertThatIllegalArgumentException().isThrownBy(() -> new DifferenceContent(read, new byte[0]));
  }
}
