package io.covey.crypto.envelope;

import static io.covey.crypto.envelope.Sealing.FILE;
import static io.covey.crypto.envelope.Sealing.key;
import static io.covey.crypto.envelope.Sealing.random;
import static io.covey.crypto.envelope.Sealing.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.envelope.OpeningResult.Opened;
import io.covey.crypto.envelope.OpeningResult.Reason;
import io.covey.crypto.envelope.OpeningResult.Refused;
import io.covey.crypto.envelope.Sealing.Sample;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedFileTest {
  private static final int BLOCK = SealedLayout.BLOCK_BYTES;
  private static final int SEGMENT = BLOCK - 16;

  private final ContentKey key = key(1);
  private final Sample sample = sample(4 * SEGMENT + 1000, key, random(1));

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 1000, SEGMENT - 41, SEGMENT - 40, SEGMENT - 39, 2 * SEGMENT - 40, 300_000})
  void fileOpensAsWhatWasSealed(int bytes) throws IOException {
    Sample some = sample(bytes, key, random(2));
    ByteArrayOutputStream opened = new ByteArrayOutputStream();
    assertThat(
            new FileOpener()
                .open(
                    key, FILE, some.description(), new ByteArrayInputStream(some.sealed()), opened))
        .isEqualTo(new Opened());
    assertThat(opened.toByteArray()).isEqualTo(some.plaintext());
    assertThat(some.description().plaintext()).isEqualTo(Sha256.of(some.plaintext()));
    assertThat(some.description().sealed()).isEqualTo(Sha256.of(some.sealed()));
    assertThat(some.sealed()).hasSize((int) some.description().sealedBytes());
  }

  @Test
  void openerOpensOneFileAfterAnother() throws IOException {
    FileOpener opener = new FileOpener();
    for (int bytes : new int[] {500_000, 3, 130_000}) {
      Sample some = sample(bytes, key, random(bytes));
      assertThat(
              opener.open(
                  key,
                  FILE,
                  some.description(),
                  new ByteArrayInputStream(some.sealed()),
                  OutputStream.nullOutputStream()))
          .isEqualTo(new Opened());
    }
  }

  @Test
  void truncationIsRefused() throws IOException {
    byte[] sealed = sample.sealed();
    assertThat(open(Arrays.copyOf(sealed, sealed.length - 1)))
        .isEqualTo(new Refused(Reason.TOO_SHORT, 4));
    assertThat(open(Arrays.copyOf(sealed, 2 * BLOCK))).isEqualTo(new Refused(Reason.TOO_SHORT, 2));
    assertThat(open(new byte[0])).isEqualTo(new Refused(Reason.TOO_SHORT, 0));
  }

  /** Even by somebody who can make the release say that the file is shorter. */
  @Test
  void truncationAtBlockIsRefusedThoughTheLengthFits() throws IOException {
    byte[] cut = Arrays.copyOf(sample.sealed(), 2 * BLOCK);
    SealedLayout layout = SealedLayout.ofSealed(cut.length).orElseThrow();
    SealedFile lie =
        new SealedFile(
            Sha256.of(Arrays.copyOf(sample.plaintext(), (int) layout.plaintextBytes())),
            layout.plaintextBytes(),
            Sha256.of(cut),
            cut.length);
    assertThat(open(key, FILE, lie, cut)).isEqualTo(new Refused(Reason.BLOCK_NOT_AUTHENTIC, 1));
  }

  @Test
  void extensionIsRefused() throws IOException {
    byte[] sealed = sample.sealed();
    assertThat(open(Arrays.copyOf(sealed, sealed.length + 1)))
        .isEqualTo(new Refused(Reason.TOO_LONG, 4));
  }

  @Test
  void reorderingIsRefused() throws IOException {
    byte[] sealed = sample.sealed().clone();
    System.arraycopy(sample.sealed(), BLOCK, sealed, 2 * BLOCK, BLOCK);
    System.arraycopy(sample.sealed(), 2 * BLOCK, sealed, BLOCK, BLOCK);
    assertThat(open(sealed)).isEqualTo(new Refused(Reason.BLOCK_NOT_AUTHENTIC, 1));
  }

  @Test
  void duplicationIsRefused() throws IOException {
    byte[] sealed = sample.sealed().clone();
    System.arraycopy(sealed, BLOCK, sealed, 2 * BLOCK, BLOCK);
    assertThat(open(sealed)).isEqualTo(new Refused(Reason.BLOCK_NOT_AUTHENTIC, 2));
  }

  /** Of the same length, under the same content key, and said to be the same file. */
  @Test
  void mixingBlocksOfTwoFilesIsRefused() throws IOException {
    byte[] sealed = sample.sealed().clone();
    Sample other = sample(sample.plaintext().length, key, random(7));
    System.arraycopy(other.sealed(), 2 * BLOCK, sealed, 2 * BLOCK, BLOCK);
    assertThat(open(sealed)).isEqualTo(new Refused(Reason.BLOCK_NOT_AUTHENTIC, 2));
  }

  @Test
  void everyAlteredByteIsRefused() throws IOException {
    Sample small = sample(200, key, random(1));
    for (int i = 0; i < small.sealed().length; i++) {
      byte[] altered = small.sealed().clone();
      altered[i] ^= 1;
      OpeningResult expected =
          new Refused(i == 0 ? Reason.NOT_A_SEALED_FILE : Reason.BLOCK_NOT_AUTHENTIC, 0);
      assertThat(open(key, FILE, small.description(), altered))
          .as("byte %d", i)
          .isEqualTo(expected);
    }
  }

  @Test
  void anotherKeyOpensNothing() throws IOException {
    assertThat(open(key(2), FILE, sample.description(), sample.sealed()))
        .isEqualTo(new Refused(Reason.BLOCK_NOT_AUTHENTIC, 0));
  }

  @Test
  void fileDoesNotOpenAsAnother() throws IOException {
    ModelFile[] others = {
      new ModelFile(new FleetId("other"), FILE.model(), FILE.version(), FILE.role()),
      new ModelFile(FILE.fleet(), new ModelName("other"), FILE.version(), FILE.role()),
      new ModelFile(FILE.fleet(), FILE.model(), new ModelVersion(2), FILE.role()),
      new ModelFile(FILE.fleet(), FILE.model(), FILE.version(), FileRole.GRAPH)
    };
    for (ModelFile other : others) {
      assertThat(open(key, other, sample.description(), sample.sealed()))
          .isEqualTo(new Refused(Reason.BLOCK_NOT_AUTHENTIC, 0));
    }
  }

  /** By a device that has the content key, and can therefore seal. */
  @Test
  void forgeryByAnEntitledDeviceIsRefused() throws IOException {
    Sample forged = sample(sample.plaintext().length, key, random(9));
    byte[] plaintext = forged.plaintext().clone();
    plaintext[77] ^= 1;
    SealedFile released =
        new SealedFile(
            Sha256.of(plaintext),
            plaintext.length,
            forged.description().sealed(),
            forged.sealed().length);
    assertThat(open(key, FILE, released, forged.sealed()))
        .isEqualTo(new Refused(Reason.OTHER_PLAINTEXT, 4));
  }

  @Test
  void noPlaintextOfARefusedBlockIsWritten() throws IOException {
    byte[] sealed = sample.sealed().clone();
    sealed[2 * BLOCK + 5] ^= 1;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    new FileOpener()
        .open(key, FILE, sample.description(), new ByteArrayInputStream(sealed), written);
    assertThat(written.toByteArray())
        .isEqualTo(Arrays.copyOf(sample.plaintext(), 2 * SEGMENT - 40));
  }

  @Test
  void nothingButRefusalsComesFromRandomDamage() throws IOException {
    long seed = 5;
    Random random = new Random(seed);
    Sample small = sample(BLOCK + 100, key, random(3));
    for (int i = 0; i < 300; i++) {
      byte[] damaged = Arrays.copyOf(small.sealed(), random.nextInt(small.sealed().length + 50));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
      }
      if (!Arrays.equals(damaged, small.sealed())) {
        assertThat(open(key, FILE, small.description(), damaged))
            .as("seed %d, attempt %d", seed, i)
            .isInstanceOf(Refused.class);
      }
    }
  }

  @Test
  void plaintextThatEndsTooEarlyIsAnError() {
    FileSealer.SizedInput input =
        new FileSealer.SizedInput(new ByteArrayInputStream(new byte[200_000]), 200_001);
    assertThatThrownBy(
            () -> new FileSealer(random(1)).seal(key, FILE, input, OutputStream.nullOutputStream()))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("200000 bytes, expected 200001");
  }

  private OpeningResult open(byte[] sealed) throws IOException {
    return open(key, FILE, sample.description(), sealed);
  }

  private static OpeningResult open(
      ContentKey key, ModelFile file, SealedFile expected, byte[] sealed) throws IOException {
    return new FileOpener()
        .open(
            key, file, expected, new ByteArrayInputStream(sealed), OutputStream.nullOutputStream());
  }
}
