package io.covey.models.data;

import static io.covey.models.data.DataResources.assertRefused;
import static io.covey.models.data.DataResources.bytes;
import static io.covey.models.data.DataResources.npy;
import static io.covey.models.data.DataResources.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.data.DataException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays as NumPy saves them, and headers as it never would. */
class NpyReaderTest {

  private static final ArrayShape SHAPE = ArrayShape.of(2, 3, 4);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f2-little",
        "f2-big",
        "f4-little",
        "f4-big",
        "f8-little",
        "f8-big",
        "f4-columns",
        "version-1",
        "version-2",
        "version-3"
      })
  void fractionsAreReadInEveryOrderAndVersion(String name) {
    NumericArray array = npy(bytes("numbers-" + name + ".npy"));
    assertThat(array.shape()).isEqualTo(SHAPE);
    float[] values = ((FloatArray) array).toArray();
    for (int i = 0; i < 24; i++) {
      assertThat(values[i]).isEqualTo(i - 11f);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i1-little",
        "i1-big",
        "i2-little",
        "i2-big",
        "i4-little",
        "i4-big",
        "i8-little",
        "i8-big",
        "i8-columns"
      })
  void wholeNumbersAreReadInEveryOrder(String name) {
    NumericArray array = npy(bytes("numbers-" + name + ".npy"));
    assertThat(array.shape()).isEqualTo(SHAPE);
    int[] values = ((IntArray) array).toArray();
    for (int i = 0; i < 24; i++) {
      assertThat(values[i]).isEqualTo(i - 11);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"u1", "u2", "u4", "u8"})
  void unsignedNumbersAreRead(String name) {
    int[] values = ((IntArray) npy(bytes("numbers-" + name + "-little.npy"))).toArray();
    for (int i = 0; i < 24; i++) {
      assertThat(values[i]).isEqualTo(i);
    }
  }

  @Test
  void unsignedNumbersWithTheirHighestBitAreNotNegative() {
    byte[] file = bytes("numbers-u1-little.npy");
    file[file.length - 1] = (byte) 0xFF;
    assertThat(((IntArray) npy(file)).valueAt(23)).isEqualTo(255);
    byte[] wide = bytes("numbers-u8-little.npy");
    Arrays.fill(wide, wide.length - 8, wide.length, (byte) 0xFF);
    assertRefused(Reason.OUT_OF_RANGE, () -> npy(wide)).hasMessageContaining("element 23");
  }

  @Test
  void truthIsOneAndFalsehoodZero() {
    int[] values = ((IntArray) npy(bytes("numbers-b1-little.npy"))).toArray();
    for (int i = 0; i < 24; i++) {
      assertThat(values[i]).isEqualTo(i - 11 > 0 ? 1 : 0);
    }
  }

  @Test
  void halfPrecisionIsExact() {
    assertThat(((FloatArray) npy(bytes("half.npy"))).toArray())
        .containsExactly(DataResources.floats("half-as-float.f32"));
  }

  @Test
  void everyHalfPrecisionNumberFollowsTheStandardsFormula() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      double fraction = (bits & 1023) / 1024.0;
      double magnitude =
          exponent == 0
              ? Math.scalb(fraction, -14)
              : exponent < 31
                  ? Math.scalb(1 + fraction, exponent - 15)
                  : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      float expected = (float) (bits < 1 << 15 ? magnitude : -magnitude);
      // By their bits: zero has a sign, and NaN equals nothing.
      assertThat(Float.floatToIntBits(HalfPrecision.toFloat((short) bits)))
          .isEqualTo(Float.floatToIntBits(expected));
    }
  }

  @Test
  void anArrayWithoutRowsIsADataSetWithoutExamples() {
    DataSet empty = read(bytes("empty.npy"), new DataFormat.Npy());
    assertThat(empty.size()).isZero();
    assertThat(empty.features().shape()).isEqualTo(ArrayShape.of(0, 5));
    assertThat(empty.features().rowSize()).isEqualTo(5);
  }

  @Test
  void aSingleNumberIsNoDataSet() {
    assertThat(npy(bytes("scalar.npy")).shape()).isEqualTo(ArrayShape.of());
    assertRefused(Reason.WRONG_SHAPE, () -> read(bytes("scalar.npy"), new DataFormat.Npy()))
        .hasMessageContaining("single number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"objects.npy", "records.npy", "complex.npy", "text.npy"})
  void whatIsNotNumbersIsRefusedAndNeverUnpickled(String name) {
    assertRefused(Reason.UNSUPPORTED, () -> npy(bytes(name))).hasMessageContaining("is not read");
  }

  @Test
  void numbersThatDoNotFitAreRefusedWithTheirPlace() {
    assertRefused(Reason.NOT_FINITE, () -> npy(bytes("infinite.npy")))
        .hasMessageContaining("[1, 1]");
    assertRefused(Reason.OUT_OF_RANGE, () -> npy(bytes("large.npy")))
        .hasMessageContaining("element 1 ");
  }

  @Test
  void aDoubleThatIsInfiniteAsAFloatIsRefused() {
    byte[] content = file("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", 8);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putDouble(content.length - 8, 1e300);
    assertRefused(Reason.NOT_FINITE, () -> npy(content)).hasMessageContaining("[0]");
  }

  @Test
  void contentThatDisagreesWithTheHeaderIsRefused() {
    byte[] good = bytes("numbers-f4-little.npy");
    assertRefused(Reason.DAMAGED, () -> npy(Arrays.copyOf(good, good.length + 1)))
        .hasMessageContaining("goes on");
    assertRefused(Reason.DAMAGED, () -> npy(Arrays.copyOf(good, good.length - 1)))
        .hasMessageContaining("after 23 of 24 values");
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertRefused(Reason.DAMAGED, () -> npy(cut));
    }
  }

  @Test
  void shapesThatCannotBeAreRefusedBeforeAnythingIsAllocated() {
    refuse(Reason.WRONG_SHAPE, "(-1, 4)", "negative");
    refuse(Reason.TOO_LARGE, "(9223372036854775808,)", "2^31");
    refuse(Reason.TOO_LARGE, "(2147483648,)", "2^31");
    refuse(Reason.TOO_LARGE, "(65536, 65536)", "more values than any array");
    refuse(Reason.TOO_LARGE, "(0, 65536, 65536)", "more values than any array");
    refuse(Reason.TOO_LARGE, "(1000, 1000)", "262144 values in an array");
    refuse(Reason.TOO_LARGE, "(10001, 2)", "10000 rows");
    refuse(Reason.WRONG_SHAPE, "(" + "1, ".repeat(33) + ")", "33 dimensions");
  }

  private static void refuse(Reason reason, String shape, String message) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}";
    assertRefused(reason, () -> npy(file(header, 16))).hasMessageContaining(message);
  }

  @Test
  void headersAreReadAsPythonWritesThemAndNotOtherwise() {
    String entries = "\"shape\":(2L,) ,\n'descr' :'<f4', 'fortran_order':True,";
    assertThat(npy(file("{" + entries + "}", 8)).shape()).isEqualTo(ArrayShape.of(2));
    for (String malformed :
        List.of(
            "",
            "{",
            "{}",
            "{" + entries,
            "{" + entries + "} x",
            "{" + entries + "'descr': '<f4'}",
            "{" + entries + "'other': 1}",
            "{'descr': '<f4', 'fortran_order': false, 'shape': (2,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2 2)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
            "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}",
            "{'descr': 'f4', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '=f4', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '|f4', 'fortran_order': False, 'shape': (2,)}")) {
      assertRefused(Reason.DAMAGED, () -> npy(file(malformed, 8))).as(malformed).isNotNull();
    }
  }

  @Test
  void aFileOfAnotherKindOrALaterVersionIsRefused() {
    byte[] later = bytes("numbers-version-1.npy");
    later[6] = 4;
    assertRefused(Reason.UNSUPPORTED, () -> npy(later)).hasMessageContaining("version 4.0");
    assertRefused(Reason.DAMAGED, () -> npy(bytes("images.npz")))
        .hasMessageContaining("numpy.save");
    byte[] endless = bytes("numbers-version-2.npy");
    endless[11] = 0x7F;
    assertRefused(Reason.DAMAGED, () -> npy(endless)).hasMessageContaining("claims");
  }

  /** A file of version 1 with this header and as many bytes of zeros behind it. */
  private static byte[] file(String header, int bytes) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(10 + text.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .array();
  }
}
