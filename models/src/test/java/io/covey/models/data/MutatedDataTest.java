package io.covey.models.data;

import static io.covey.models.data.DataResources.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of altered files: each is refused with a {@link DataException} or read, and none makes
 * the reader allocate more than its limits explain. The printed seed says which file it was.
 */
class MutatedDataTest {

  private static final int FILES = Integer.getInteger("covey.mutatedData", 1500);
  private static final long SEED = Long.getLong("covey.seed", 20_254);

  /**
   * The limit of {@link DataResources#LIMITS}, 1 MiB an array, for two arrays while they grow, are
   * brought into order and converted, and the buffers. An unbounded header asks for 8 GiB.
   */
  private static final long ALLOCATED_BYTES = 24L << 20;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "numbers-f4-columns.npy",
        "numbers-i8-big.npy",
        "numbers-version-3.npy",
        "half.npy"
      })
  void alteredArraysAreReadOrRefused(String resource) {
    run(resource, bytes(resource), new DataFormat.Npy());
  }

  @ParameterizedTest
  @ValueSource(strings = {"images.npz", "images-packed.npz"})
  void alteredArchivesAreReadOrRefused(String resource) {
    run(resource, bytes(resource), new DataFormat.Npz("x", "y"));
  }

  @Test
  void alteredTablesAreReadOrRefused() {
    String text = "a,\"b\",label\n# comment\n1,2.5,x\n\"-3e2\",.5,\"y,\"\"z\"\n\n0,1e-4,x\n";
    for (LabelKind kind : LabelKind.values()) {
      LabelColumn label = new LabelColumn("label", kind);
      String table = kind == LabelKind.NAMES ? text : text.replaceAll("x\n|\"y.*\n", "3\n");
      run("CSV " + kind, table.getBytes(UTF_8), new DataFormat.Csv(List.of(), label));
    }
  }

  private void run(String name, byte[] file, DataFormat format) {
    System.out.println(name + ": seeds from " + SEED + " (covey.seed)");
    assertThat(accepted(file, format, -1)).as("the file itself is read").isTrue();
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      refused += accepted(altered(file, SEED + i), format, SEED + i) ? 0 : 1;
    }
    // If none or all were refused, this would test nothing.
    assertThat(refused).as(name).isBetween(FILES / 10, FILES - 1);
  }

  /** Whether the file was read. Anything but a {@link DataException} escapes. */
  private boolean accepted(byte[] file, DataFormat format, long seed) {
    long before = threads.getCurrentThreadAllocatedBytes();
    boolean accepted = true;
    try {
      DataSet data = DataResources.read(file, format);
      assertThat(data.features().shape().elements()).isLessThanOrEqualTo(1 << 18);
    } catch (DataException e) {
      assertThat(e).hasMessageMatching("(?s).{15,1000}");
      accepted = false;
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated for seed %d", seed)
        .isLessThan(ALLOCATED_BYTES);
    return accepted;
  }

  /** Flips bits, sets bytes, copies parts over others, cuts off, or changes digits. */
  private static byte[] altered(byte[] file, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = file.clone();
    // Headers are where a change means most: half of the changes are near the beginning.
    int reach = random.nextBoolean() ? Math.min(bytes.length, 128) : bytes.length;
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int position = random.nextInt(reach);
      switch (random.nextInt(5)) {
        case 0 -> bytes[position] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[position] = (byte) random.nextInt(256);
        case 2 -> bytes[position] = (byte) "0123456789,()'\"\n#- <>".charAt(random.nextInt(21));
        case 3 -> {
          int length = Math.min(random.nextInt(16), bytes.length - position);
          System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, position, length);
        }
        default -> {
          if (random.nextInt(4) == 0) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length));
          }
        }
      }
    }
    return bytes;
  }
}
