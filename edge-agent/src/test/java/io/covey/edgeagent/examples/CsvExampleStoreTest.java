package io.covey.edgeagent.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvExampleStoreTest {
  private static final CsvFormat FORMAT =
      new CsvFormat(List.of("p0", "p1"), column("label"), 0.5f, 1000);

  @TempDir private Path directory;

  private ExampleStore read(String csv) throws IOException {
    return CsvExampleStore.read(
        Files.writeString(directory.resolve("table.csv"), csv), FORMAT, 10_000);
  }

  private static float[] row(ExampleStore store, int index) {
    float[] row = new float[store.features()];
    store.copyFeatures(index, row, 0);
    return row;
  }

  private static LabelColumn column(String name) {
    return new LabelColumn(name, LabelKind.NUMBERS);
  }

  @Test
  void columnsAreFoundByNameAndValuesAreScaled() throws Exception {
    ExampleStore store =
        read("# a comment\nlabel,other,p1,p0\r\n3,x,2,4\n\n0,\"y,z\", 1e1 ,\"-6\"\n");
    assertThat(store.size()).isEqualTo(2);
    assertThat(store.features()).isEqualTo(2);
    assertThat(store.classes()).isEqualTo(4);
    assertThat(row(store, 0)).containsExactly(2, 1);
    assertThat(row(store, 1)).containsExactly(-3, 5);
    assertThat(store.label(0)).isEqualTo(3);
    assertThat(store.label(1)).isZero();
  }

  @Test
  void aFileWithoutExamplesIsAnEmptyStore() throws Exception {
    ExampleStore store = read("p0,p1,label\n");
    assertThat(store.size()).isZero();
    assertThat(store.classes()).isZero();
  }

  @Test
  void whatIsWrongIsSaidWithLineAndColumn() {
    refuses("p0,p1,label\n1,2,0\n1,x,0\n", "line 3, column 'p1': 'x' is not a number");
    refuses("p0,p1,label\n1,NaN,0\n", "line 2, column 'p1': 'NaN' is not a finite number");
    refuses("p0,p1,label\n1,1e40,0\n", "is not a finite number");
    refuses("p0,p1,label\n1,,0\n", "line 2, column 'p1': '' is not a number");
    refuses("p0,p1,label\n1,2,-1\n", "line 2, column 'label': '-1' is not a whole number from 0");
    refuses("p0,p1,label\n1,2,1.0\n", "'1.0' is not a whole number");
    refuses("p0,p1,label\n1,2\n", "line 2 has 2 cells, but the header 3");
    refuses("p0,q,label\n1,2,3\n", "there is no column 'p1'; the columns are [p0, q, label]");
    refuses("", "there is no column");
    refuses("p0,p1,label\n\"1,2,3\n", "not CSV");
  }

  private void refuses(String csv, String message) {
    assertThatThrownBy(() -> read(csv))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table.csv: ")
        .hasMessageContaining(message);
  }

  @Test
  void rowsAndBytesAreBounded() throws Exception {
    Path file = directory.resolve("examples.csv");
    Files.writeString(file, "p0,p1,label\n" + "1,2,0\n".repeat(1000));
    assertThat(CsvExampleStore.read(file, FORMAT, 10_000).size()).isEqualTo(1000);
    assertThatThrownBy(() -> CsvExampleStore.read(file, FORMAT, 5000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than the allowed 5000 bytes");
    Files.writeString(file, "1,2,0\n", java.nio.file.StandardOpenOption.APPEND);
    assertThatThrownBy(() -> CsvExampleStore.read(file, FORMAT, 10_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than the allowed 1000 rows");
    Files.write(file, new byte[] {'p', '0', ',', (byte) 0xFF, (byte) 0xFE, '\n'});
    assertThatThrownBy(() -> CsvExampleStore.read(file, FORMAT, 10_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("examples.csv");
  }

  @Test
  void rangesStandForColumns() {
    assertThat(CsvFormat.columns("p0..p3")).containsExactly("p0", "p1", "p2", "p3");
    assertThat(CsvFormat.columns("a, x9..x11 ,b")).containsExactly("a", "x9", "x10", "x11", "b");
    for (String wrong : List.of("p3..p0", "p0..q3", "p0..", "..", "", "a,,b", "p0..p9999999")) {
      assertThatThrownBy(() -> CsvFormat.columns(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aFormatThatCannotHoldIsRefused() {
    assertThatThrownBy(() -> new CsvFormat(List.of(), column("y"), 1, 1))
        .hasMessageContaining("no feature");
    assertThatThrownBy(() -> new CsvFormat(List.of("y"), column("y"), 1, 1))
        .hasMessageContaining("label column is one of them");
    assertThatThrownBy(() -> new CsvFormat(List.of("x"), column("y"), 0, 1))
        .hasMessageContaining("scale");
    assertThatThrownBy(() -> new CsvFormat(List.of("x"), column("y"), 1, 0))
        .hasMessageContaining("rows");
  }

  @Test
  void aStoreThatCannotHoldIsRefused() {
    assertThatThrownBy(() -> new InMemoryExampleStore(2, new float[3], new int[2]))
        .hasMessage("3 values, expected 2 examples of 2");
    assertThatThrownBy(() -> new InMemoryExampleStore(1, new float[] {Float.NaN}, new int[1]))
        .hasMessage("value 0 is NaN");
    assertThatThrownBy(() -> new InMemoryExampleStore(1, new float[1], new int[] {-1}))
        .hasMessage("a label is negative");
  }

  @Test
  void valuesToPredictComeFromOneColumnOrSeveral() throws IOException {
    Path file = directory.resolve("values.csv");
    Files.writeString(file, "p0,y0,p1,y1\n1,0.5,2,-3\n4,1e-3,6,7\n");
    CsvFormat format =
        new CsvFormat(List.of("p0", "p1"), new LabelColumn("y0..y1", LabelKind.VALUES), 0.5f, 1000);
    ExampleStore examples = CsvExampleStore.read(file, format, 1 << 20);
    assertThat(examples.size()).isEqualTo(2);
    assertThat(examples.targets()).isEqualTo(2);
    assertThat(examples.classes()).isZero();
    float[] row = new float[4];
    examples.copyFeatures(1, row, 0);
    examples.copyTargets(1, row, 2);
    assertThat(row).containsExactly(2, 3, 1e-3f, 7);
    assertThatThrownBy(() -> examples.label(0)).hasMessageContaining("not classes");
  }
}
