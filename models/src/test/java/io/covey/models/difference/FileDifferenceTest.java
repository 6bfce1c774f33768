package io.covey.models.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileDifferenceTest {
  private static final long SEED = 20_261_127;
  private static final int FUZZ_INPUTS = 20_000;

  private static byte[] made(byte[] difference, byte[] base) throws DamagedDifferenceException {
    byte[] file = base.clone();
    FileDifference.apply(difference, file);
    return file;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 65_535, 65_536, 65_537, 262_144, 262_147, 1_000_001})
  void differenceLeadsFromOneFileToTheOther(int length) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED + length);
    byte[] base = new byte[length];
    byte[] file = new byte[length];
    random.nextBytes(base);
    random.nextBytes(file);
    byte[] difference = FileDifference.between(base, file).orElseThrow();
    assertThat(made(difference, base)).isEqualTo(file);
  }

  /** Whole ranges of values, where a sum carries and a difference borrows. */
  @Test
  void everyPairOfBytesIsReached() throws Exception {
    byte[] base = new byte[1 << 16];
    byte[] file = new byte[1 << 16];
    for (int i = 0; i < base.length; i++) {
      base[i] = (byte) i;
      file[i] = (byte) (i >> 8);
    }
    for (byte width : new byte[] {1, 2, 4}) {
      byte[] planes = new byte[base.length];
      ElementDifference elements = new ElementDifference(width);
      byte[] made = base.clone();
      for (int at = 0; at < base.length; ) {
        int bytes = elements.blockBytes(at, base.length);
        elements.spread(base, file, at, bytes, planes);
        elements.add(planes, made, at, bytes);
        at += bytes;
      }
      assertThat(made).isEqualTo(file);
    }
  }

  @Test
  void floatsThatHaveMovedALittleTakeLessThanHalf() {
    System.out.println("FileDifferenceTest seed: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer base = ByteBuffer.allocate(4 << 16).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer file = ByteBuffer.allocate(4 << 16).order(ByteOrder.LITTLE_ENDIAN);
    while (base.hasRemaining()) {
      float value = (float) random.nextDouble(0.1, 1);
      base.putFloat(value);
      file.putFloat(value + (float) random.nextDouble(-1e-4, 1e-4));
    }
    assertThat(FileDifference.between(base.array(), file.array()).orElseThrow())
        .hasSizeLessThan(base.capacity() / 2);
  }

  @Test
  void filesOfTwoLengthsHaveNoDifference() {
    assertThat(FileDifference.between(new byte[10], new byte[11])).isEmpty();
    assertThat(FileDifference.between(new byte[0], new byte[0])).isEmpty();
  }

  /** 1, 2, 3, 4, 5 and then 2, 2, 3, 4, 3: differences 1 and -2, folded 2 and 3. */
  @Test
  void differenceHasItsGoldenBytes() throws Exception {
    // One stored block (RFC 1951, section 3.2.4), so that no library's deflater is tested.
    byte[] golden = HexFormat.of().parseHex("43565944" + "01" + "01" + "0000" + "05000000");
    byte[] content = HexFormat.of().parseHex("01" + "0500" + "faff" + "0200000003");
    byte[] difference = Arrays.copyOf(golden, golden.length + content.length);
    System.arraycopy(content, 0, difference, golden.length, content.length);
    assertThat(made(difference, new byte[] {1, 2, 3, 4, 5})).containsExactly(2, 2, 3, 4, 3);
    byte[] written =
        FileDifference.between(new byte[] {1, 2, 3, 4, 5}, new byte[] {2, 2, 3, 4, 3})
            .orElseThrow();
    assertThat(Arrays.copyOf(written, 5)).isEqualTo(Arrays.copyOf(golden, 5));
    assertThat(Arrays.copyOfRange(written, 6, 12)).isEqualTo(Arrays.copyOfRange(golden, 6, 12));
  }

  /** Elements of four bytes, and a tail of one: 0x01020304 - 1, then 9 - 7. */
  @Test
  void wideElementsLieInPlanesAndTheTailBehindThem() throws Exception {
    byte[] difference =
        HexFormat.of()
            .parseHex("43565944" + "01" + "04" + "0000" + "05000000" + "010500faff" + "0100000004");
    assertThat(made(difference, new byte[] {4, 3, 2, 1, 7})).containsExactly(3, 3, 2, 1, 9);
  }

  @Test
  void whatIsNoDifferenceToThisFileIsRefusedByName() {
    byte[] base = new byte[1000];
    byte[] file = new byte[1000];
    Arrays.fill(file, (byte) 3);
    byte[] good = FileDifference.between(base, file).orElseThrow();
    refuses(good, new byte[999], "for files of 1000 bytes, this one has 999");
    refuses(Arrays.copyOf(good, 12), base, "it has only 12 bytes");
    refuses(with(good, 0, 'X'), base, "does not begin with CVYD");
    refuses(with(good, 4, 2), base, "version 2");
    refuses(with(good, 5, 3), base, "elements of 3 bytes");
    refuses(with(good, 6, 1), base, "unknown flags");
    refuses(Arrays.copyOf(good, 13), base, "ends before the file");
    refuses(Arrays.copyOf(good, good.length - 1), base, "does not end where the file does");
    refuses(Arrays.copyOf(good, good.length + 1), base, "does not end where the file does");
    refuses(with(good, 12, 7), base, "not deflated");
  }

  /** A thousand times as much as the file has: it stops where the file does. */
  @Test
  void bombIsRefusedAtTheEndOfTheFile() {
    byte[] zeros = new byte[1 << 20];
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(zeros);
    deflater.finish();
    byte[] bomb = new byte[4096];
    byte[] header = HexFormat.of().parseHex("43565944" + "01" + "01" + "0000" + "00040000");
    System.arraycopy(header, 0, bomb, 0, header.length);
    int length = deflater.deflate(bomb, header.length, bomb.length - header.length);
    deflater.end();
    refuses(
        Arrays.copyOf(bomb, header.length + length),
        new byte[1024],
        "does not end where the file does");
  }

  @Test
  void damagedDifferencesAreRefusedOrLeadToAFileOfTheSameLength() throws Exception {
    System.out.println("FileDifferenceTest seed: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] base = new byte[5003];
    byte[] file = new byte[5003];
    random.nextBytes(base);
    for (int i = 0; i < file.length; i++) {
      file[i] = (byte) (base[i] + random.nextInt(3));
    }
    byte[] good = FileDifference.between(base, file).orElseThrow();
    int refused = 0;
    for (int i = 0; i < FUZZ_INPUTS; i++) {
      byte[] damaged = damage(good, random);
      try {
        assertThat(made(damaged, base)).hasSameSizeAs(base);
      } catch (DamagedDifferenceException e) {
        assertThat(e).hasMessageStartingWith("the difference is damaged: ");
        refused++;
      }
    }
    assertThat(refused).isBetween(FUZZ_INPUTS / 20, FUZZ_INPUTS - 1);
  }

  private static byte[] damage(byte[] good, SplittableRandom random) {
    byte[] damaged =
        random.nextInt(4) == 0
            ? Arrays.copyOf(good, random.nextInt(good.length + 100))
            : good.clone();
    for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }

  private static byte[] with(byte[] good, int at, int value) {
    byte[] changed = good.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static void refuses(byte[] difference, byte[] base, String why) {
    assertThatThrownBy(() -> made(difference, base))
        .isInstanceOf(DamagedDifferenceException.class)
        .hasMessageContaining(why);
  }
}
