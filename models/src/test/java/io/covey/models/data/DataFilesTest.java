package io.covey.models.data;

import static io.covey.models.data.DataResources.assertRefused;
import static io.covey.models.data.DataResources.bytes;
import static io.covey.models.data.DataResources.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on disk, raw floats, and the value types of the package. */
class DataFilesTest {

  private static DataFormat raw(String shape) {
    return new DataFormat.Raw(RawShape.parse(shape));
  }

  @Test
  void rawFloatsHaveAsManyRowsAsThereAre() {
    byte[] content = bytes("resize-image.f32");
    for (String shape : List.of("n,5,7,3", "-1, 5, 7, 3", "2,5,7,3")) {
      FloatArray features = read(content, raw(shape)).features();
      assertThat(features.shape()).isEqualTo(ArrayShape.of(2, 5, 7, 3));
      assertThat(features.toArray()).containsExactly(DataResources.floats("resize-image.f32"));
    }
    assertThat(read(content, raw("n")).features().shape()).isEqualTo(ArrayShape.of(210));
    assertThat(read(new byte[0], raw("n,4")).size()).isZero();
  }

  @Test
  void rawFloatsThatDisagreeWithTheirShapeAreRefused() {
    byte[] content = bytes("resize-image.f32");
    assertRefused(Reason.WRONG_SHAPE, () -> read(content, raw("3,5,7,3")))
        .hasMessageContaining("2 rows of shape (5, 7, 3), not 3");
    assertRefused(Reason.DAMAGED, () -> read(content, raw("n,4")))
        .hasMessageContaining("840 bytes are no whole number of rows of 4 values");
    assertRefused(Reason.DAMAGED, () -> read(Arrays.copyOf(content, 839), raw("n,5,7,3")));
    byte[] infinite = content.clone();
    Arrays.fill(infinite, 420, 424, (byte) 0xFF);
    assertRefused(Reason.NOT_FINITE, () -> read(infinite, raw("n,5,7,3")))
        .hasMessageContaining("[1, 0, 0, 0]");
    assertRefused(
        Reason.TOO_LARGE, () -> read(content, raw("n,5,7,3"), new DataLimits(1000, 1000, 1)));
  }

  @Test
  void rawFloatsOfManyChunksAreReadInOrder() {
    int count = 200_001;
    ByteBuffer content = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      content.putFloat(i);
    }
    FloatArray features =
        read(content.array(), raw("n,3"), new DataLimits(1 << 20, 1 << 20, 100_000)).features();
    assertThat(features.rows()).isEqualTo(count / 3);
    for (int i = 0; i < count; i++) {
      assertThat(features.valueAt(i)).isEqualTo(i);
    }
  }

  @Test
  void shapesAreReadFromText() {
    assertThat(RawShape.parse("n,28,28,1"))
        .isEqualTo(new RawShape(RawShape.ANY, ArrayShape.of(28, 28, 1)));
    for (String wrong :
        List.of("", "n,", "n,-1", "n,0", "0,1", "m,1", "n,x", "n,3000000000", "28x28", "n,1.5")) {
      assertRefused(Reason.WRONG_SHAPE, () -> RawShape.parse(wrong)).as(wrong).isNotNull();
    }
    assertRefused(Reason.TOO_LARGE, () -> RawShape.parse("n,65536,65536"));
  }

  @Test
  void refusalsOfFilesBeginWithTheirNames(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("numbers.npy");
    Files.write(file, bytes("numbers-f4-little.npy"));
    assertThat(new DataFiles().read(file, new DataFormat.Npy()).size()).isEqualTo(2);
    assertRefused(Reason.DAMAGED, () -> new DataFiles().read(file, new DataFormat.Npz("x", null)))
        .hasMessageStartingWith(file + ": ");
    DataFiles small = new DataFiles(new DataLimits(100, 100, 100));
    assertRefused(Reason.TOO_LARGE, () -> small.read(file, new DataFormat.Npy()))
        .hasMessageContaining("a file of 224 bytes is more than the allowed 100 bytes");
    assertThatThrownBy(() -> new DataFiles().read(directory.resolve("none"), new DataFormat.Npy()))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void nothingGivenInOrOutCanChangeAnArray() {
    float[] values = {1, 2, 3, 4};
    FloatArray array = FloatArray.of(ArrayShape.of(2, 2), values);
    values[0] = 9;
    array.toArray()[1] = 9;
    float[] row = new float[3];
    array.copyRow(0, row, 1);
    assertThat(row).containsExactly(0, 1, 2);
    assertThatThrownBy(() -> array.copyRow(2, row, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    int[] numbers = {1};
    IntArray whole = IntArray.of(ArrayShape.of(1), numbers);
    numbers[0] = 9;
    whole.toArray()[0] = 9;
    assertThat(whole.valueAt(0)).isEqualTo(1);
    assertThat(List.of(array, whole)).hasToString("[floats (2, 2), whole numbers (1)]");
  }

  @Test
  void invalidValuesCannotBeMade() {
    ArrayShape two = ArrayShape.of(2);
    assertRefused(Reason.WRONG_SHAPE, () -> FloatArray.of(two, 1));
    assertRefused(Reason.WRONG_SHAPE, () -> IntArray.of(two, 1));
    assertRefused(Reason.NOT_FINITE, () -> FloatArray.of(two, 1, Float.NEGATIVE_INFINITY));
    assertRefused(
        Reason.WRONG_LABEL, () -> new Targets.Classes(IntArray.of(two, 0, 2), List.of("a", "b")));
    assertRefused(
        Reason.WRONG_SHAPE,
        () -> new Targets.Classes(IntArray.of(ArrayShape.of(1, 2), 0, 1), List.of()));
    assertThatThrownBy(() -> new DataLimits(0, 4, 1)).hasMessageContaining("0 bytes a file");
    assertThatThrownBy(() -> new DataLimits(1, 3, 1)).hasMessageContaining("3 bytes an array");
    assertThatThrownBy(() -> new DataLimits(1, 4, 0)).hasMessageContaining("0 rows");
  }

  @Test
  void wholeNumbersOfOneColumnAreClassesAndOfSeveralValues() {
    assertThat(Targets.of(IntArray.of(ArrayShape.of(2, 1), 0, 1)))
        .isInstanceOf(Targets.Classes.class);
    assertThat(Targets.of(IntArray.of(ArrayShape.of(1, 2), 0, 1)))
        .isInstanceOf(Targets.Values.class);
    assertThat(Targets.of(FloatArray.of(ArrayShape.of(2), 0, 1)))
        .isInstanceOf(Targets.Values.class);
  }
}
