package io.covey.models.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.ModelException;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SampleFileTest {
  private static final long SEED = 20_261_127;
  private static final int ROUNDS = 200;
  private static final List<ElementType> TYPES = List.of(ElementType.values());
  private static final int FUZZ_INPUTS = 40_000;

  private static final String GOLDEN =
      "43565953"
          + "01"
          + "02" // magic, version, samples
          + "02" // tensors of the first
          + "0100"
          + "61"
          + "02"
          + "01"
          + "02000000"
          + "01000000"
          + "ffffffff" // a: int32[2]
          + "0200"
          + "c3a9"
          + "05"
          + "00"
          + "01" // é: a bool
          + "01" // tensors of the second
          + "0100"
          + "78"
          + "01"
          + "02"
          + "01000000"
          + "01000000"
          + "0000c03f"; // x: float32[1, 1]

  private static List<NamedTensors> golden() {
    return List.of(
        NamedTensors.of(
            Map.of(
                "a",
                Tensor.ofInts(List.of(2), 1, -1),
                "é",
                Tensor.of(ElementType.BOOL, List.of(), ByteBuffer.wrap(new byte[] {1})))),
        NamedTensors.of(Map.of("x", Tensor.ofFloats(List.of(1, 1), 1.5f))));
  }

  @Test
  void goldenBytesAreTheirSamplesAndTheReverse() {
    assertThat(HexFormat.of().formatHex(SampleFile.write(golden()))).isEqualTo(GOLDEN);
    assertAlike(SampleFile.read(HexFormat.of().parseHex(GOLDEN)), golden());
  }

  @Test
  void whateverIsWrittenIsReadAgain() {
    System.out.println("SampleFileTest seed: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < ROUNDS; i++) {
      List<NamedTensors> samples = samples(random);
      byte[] file = SampleFile.write(samples);
      assertAlike(SampleFile.read(file), samples);
      assertThat(SampleFile.write(SampleFile.read(file))).isEqualTo(file);
    }
  }

  @Test
  void alteredBytesAreRefusedOrReadAsTheOneFileThatTheyAre() {
    System.out.println("SampleFileTest seed: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] whole = SampleFile.write(golden());
    int refused = 0;
    for (int i = 0; i < FUZZ_INPUTS; i++) {
      byte[] altered = altered(random, random.nextBoolean() ? whole : anyFile(random));
      try {
        assertThat(SampleFile.write(SampleFile.read(altered))).isEqualTo(altered);
      } catch (ModelException e) {
        assertThat(e.reason()).isEqualTo(ModelException.Reason.DAMAGED);
        refused++;
      }
    }
    assertThat(refused).isBetween(FUZZ_INPUTS / 10, FUZZ_INPUTS * 9 / 10);
  }

  @Test
  void aLengthThatIsNotThereIsRefusedBeforeAnythingIsMade() {
    byte[] file = HexFormat.of().parseHex(GOLDEN.replace("02000000", "ffffff7f"));
    assertThatThrownBy(() -> SampleFile.read(file))
        .hasMessage("the samples are damaged: a tensor of shape [2147483647] that is cut off");
    byte[] product =
        HexFormat.of()
            .parseHex(GOLDEN.replace("02" + "01000000" + "01000000", "02" + "ffffff7f".repeat(2)));
    assertThatThrownBy(() -> SampleFile.read(product)).hasMessageContaining("cut off");
  }

  @Test
  void everyFaultIsNamed() {
    assertRefused(GOLDEN.replace("43565953", "43565957"), "does not begin with CVYS");
    assertRefused(GOLDEN.replace("4356595301", "4356595302"), "version 2");
    assertRefused(GOLDEN.replace("435659530102", "435659530111"), "17 samples");
    assertRefused(GOLDEN.replace("435659530102", "435659530100"), "0 samples");
    assertRefused(GOLDEN + "00", "1 bytes behind the last sample");
    assertRefused(GOLDEN.replace("050001", "050002"), "a bool of 2");
    assertRefused(GOLDEN.replace("c3a905", "c32805"), "not UTF-8");
    assertRefused(GOLDEN.replace("c3a905", "c3a909"), "type 9");
    assertRefused(GOLDEN.replace("0200c3a9", "02006130"), "order of their names", false);
    assertRefused(GOLDEN.replace("010061", "0100ff"), "not UTF-8");
    assertRefused("4356595301", "5 bytes");
  }

  private static void assertRefused(String hex, String why) {
    assertRefused(hex, why, true);
  }

  /** A name that still is in order is none of the faults. */
  private static void assertRefused(String hex, String why, boolean refused) {
    byte[] file = HexFormat.of().parseHex(hex);
    if (refused) {
      assertThatThrownBy(() -> SampleFile.read(file)).hasMessageContaining(why);
    } else {
      assertThat(SampleFile.read(file)).hasSize(2);
    }
  }

  @Test
  void tensorsStandInTheOrderOfTheirNames() {
    String swapped =
        "43565953"
            + "01"
            + "01"
            + "02"
            + "0100"
            + "62"
            + "05"
            + "00"
            + "01"
            + "0100"
            + "61"
            + "05"
            + "00"
            + "01";
    assertRefused(swapped, "order of their names");
    assertRefused(swapped.replace("010061", "010062"), "order of their names");
  }

  @Test
  void whatDoesNotFitIsNotWritten() {
    NamedTensors half =
        NamedTensors.of(Map.of("x", Tensor.ofFloats(List.of(1 << 17), new float[1 << 17])));
    assertThat(SampleFile.fitting(List.of(half, half, half))).isEqualTo(1);
    assertThatThrownBy(() -> SampleFile.write(List.of(half, half)))
        .hasMessageContaining("allowed are 1048576");
    NamedTensors tooLarge =
        NamedTensors.of(Map.of("x", Tensor.ofFloats(List.of(1 << 18), new float[1 << 18])));
    assertThat(SampleFile.fitting(List.of(tooLarge, half))).isZero();
    List<NamedTensors> many = Collections.nCopies(17, golden().get(0));
    assertThat(SampleFile.fitting(many)).isEqualTo(16);
    assertThatThrownBy(() -> SampleFile.write(many)).hasMessageContaining("17 samples");
    assertThatThrownBy(() -> SampleFile.write(List.of())).hasMessageContaining("0 samples");
    NamedTensors none = NamedTensors.of(Map.of());
    assertThat(SampleFile.fitting(List.of(none))).isZero();
    assertThat(
            SampleFile.fitting(
                List.of(
                    NamedTensors.of(
                        Map.of(
                            "n".repeat(1025),
                            Objects.requireNonNull(golden().get(1).tensors().get("x")))))))
        .isZero();
  }

  private static byte[] anyFile(SplittableRandom random) {
    return SampleFile.write(samples(random));
  }

  private static byte[] altered(SplittableRandom random, byte[] file) {
    byte[] altered = file.clone();
    int at = random.nextInt(altered.length);
    switch (random.nextInt(4)) {
      case 0 -> altered[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> altered[random.nextInt(Math.min(altered.length, 40))] = (byte) random.nextInt();
      case 2 -> altered = Arrays.copyOf(altered, at);
      default -> altered = Arrays.copyOf(altered, altered.length + 1 + random.nextInt(8));
    }
    return altered;
  }

  private static List<NamedTensors> samples(SplittableRandom random) {
    List<NamedTensors> samples = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      TreeMap<String, Tensor> tensors = new TreeMap<>();
      int each = 1 + random.nextInt(3);
      for (int j = 0; j < each; j++) {
        tensors.put("t" + random.nextInt(100), tensor(random));
      }
      samples.add(new NamedTensors(tensors));
    }
    return samples;
  }

  private static Tensor tensor(SplittableRandom random) {
    ElementType type = TYPES.get(random.nextInt(TYPES.size()));
    List<Integer> shape = random.ints(random.nextInt(4), 0, 4).boxed().toList();
    int elements = shape.stream().reduce(1, (a, b) -> a * b);
    byte[] bytes = new byte[elements * type.sizeBytes()];
    random.nextBytes(bytes);
    if (type == ElementType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    return Tensor.of(type, shape, ByteBuffer.wrap(bytes));
  }

  private static void assertAlike(List<NamedTensors> actual, List<NamedTensors> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      Map<String, Tensor> tensors = actual.get(i).tensors();
      assertThat(tensors.keySet()).isEqualTo(expected.get(i).tensors().keySet());
      expected
          .get(i)
          .tensors()
          .forEach(
              (name, tensor) -> {
                Tensor read = Objects.requireNonNull(tensors.get(name));
                assertThat(read).hasToString(tensor.toString());
                assertThat(read.bytes()).isEqualTo(tensor.bytes());
              });
    }
  }
}
