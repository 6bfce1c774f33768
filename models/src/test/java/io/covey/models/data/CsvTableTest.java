package io.covey.models.data;

import static io.covey.models.data.DataResources.assertRefused;
import static io.covey.models.data.DataResources.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataException.Reason;
import io.covey.models.data.DataFormat.Csv;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Tables with a header. */
class CsvTableTest {

  private static final Csv ALL = new Csv(List.of(), null);

  private static Csv labelled(LabelKind kind) {
    return new Csv(List.of(), new LabelColumn("label", kind));
  }

  private static DataSet csv(String text, Csv format) {
    return read(text.getBytes(UTF_8), format);
  }

  @Test
  void valuesMayTakeSeveralColumnsAndARange() {
    Csv format = new Csv(List.of(), new LabelColumn("y0..y1,z", LabelKind.VALUES));
    DataSet data = csv("y0,a,z,y1\n1,2,3,4\n5,6,7,8\n", format);
    assertThat(data.features().toArray()).containsExactly(2, 6);
    FloatArray values = ((Targets.Values) data.targets()).values();
    assertThat(values.shape()).isEqualTo(ArrayShape.of(2, 3));
    assertThat(values.toArray()).containsExactly(1, 4, 3, 5, 8, 7);
    assertThatThrownBy(() -> new LabelColumn("y3..y1", LabelKind.VALUES))
        .hasMessageContaining("no range");
  }

  @Test
  void allColumnsButTheLabelsAreFeaturesInTheFilesOrder() {
    DataSet data = csv("a,label,b\n1,7,2\n3,0,4\n", labelled(LabelKind.NUMBERS));
    assertThat(data.features().shape()).isEqualTo(ArrayShape.of(2, 2));
    assertThat(data.features().toArray()).containsExactly(1, 2, 3, 4);
    assertThat(((Targets.Classes) data.targets()).labels().toArray()).containsExactly(7, 0);
    assertThat(((Targets.Classes) data.targets()).count()).isEqualTo(8);
  }

  @Test
  void featuresComeInTheOrderThatIsAskedFor() {
    Csv format = new Csv(List.of("c", "a"), new LabelColumn("b", LabelKind.VALUES));
    DataSet data = csv("a,b,c\n1,2.5,3\n4,-1e-3,6\n", format);
    assertThat(data.features().toArray()).containsExactly(3, 1, 6, 4);
    assertThat(((Targets.Values) data.targets()).values().toArray()).containsExactly(2.5f, -0.001f);
  }

  @Test
  void classNamesAreNumberedInTheirOrderWhateverTheOrderOfTheRows() {
    String header = "x,label\n";
    Csv format = labelled(LabelKind.NAMES);
    Targets.Classes classes =
        (Targets.Classes) csv(header + "1,dog\n2,\"cat, black\"\n3,ant\n4,dog\n", format).targets();
    assertThat(classes.names()).containsExactly("ant", "cat, black", "dog");
    assertThat(classes.labels().toArray()).containsExactly(2, 1, 0, 2);
    Targets.Classes turned =
        (Targets.Classes) csv(header + "3,ant\n4,dog\n2,\"cat, black\"\n", format).targets();
    assertThat(turned.names()).isEqualTo(classes.names());
    assertThat(turned.labels().toArray()).containsExactly(0, 2, 1);
  }

  @Test
  void theLabelsColumnMayBeGivenByPositionUnlessAColumnHasThatName() {
    Csv second = new Csv(List.of(), new LabelColumn("2", LabelKind.NUMBERS));
    assertThat(csv("a,b,c\n1,2,3\n", second).features().toArray()).containsExactly(1, 3);
    assertThat(csv("2,1,0\n5,6,7\n", second).features().toArray()).containsExactly(6, 7);
    assertRefused(
            Reason.UNKNOWN_COLUMN,
            () -> csv("a,b\n1,2\n", new Csv(List.of(), new LabelColumn("3", LabelKind.NUMBERS))))
        .hasMessageContaining("no column '3'; the columns are [a, b]");
  }

  @Test
  void quotesSpacesCommentsEmptyLinesAndAByteOrderMarkAreUnderstood() {
    String text = "\uFEFF\"a\", b ,label\r\n# a comment, of course\r\n\r\n \"1\",+2 ,0\r\n";
    DataSet data = csv(text, labelled(LabelKind.NUMBERS));
    assertThat(data.features().toArray()).containsExactly(1, 2);
    DataSet multiline = csv("a,label\n1,\"two\nlines\"\n", labelled(LabelKind.NAMES));
    assertThat(((Targets.Classes) multiline.targets()).names()).containsExactly("two\nlines");
  }

  @Test
  void aTableWithoutRowsIsADataSetWithoutExamples() {
    DataSet data = csv("a,b,label\n", labelled(LabelKind.NUMBERS));
    assertThat(data.size()).isZero();
    assertThat(data.features().rowSize()).isEqualTo(2);
  }

  @Test
  void whatIsWrongIsSaidWithLineAndColumn() {
    refuses(Reason.NOT_A_NUMBER, "p,label\n1,0\nx,0\n", "line 3, column 'p': 'x' is not a number");
    refuses(Reason.NOT_A_NUMBER, "p,label\n,0\n", "line 2, column 'p': '' is not a number");
    refuses(Reason.NOT_A_NUMBER, "p,label\n1f,0\n", "'1f' is not a number");
    refuses(Reason.NOT_A_NUMBER, "p,label\n0x1p3,0\n", "'0x1p3' is not a number");
    refuses(Reason.NOT_A_NUMBER, "p,label\n1-2,0\n", "'1-2' is not a number");
    refuses(Reason.NOT_FINITE, "p,label\nNaN,0\n", "'NaN' is not a finite number");
    refuses(Reason.NOT_FINITE, "p,label\n-inf,0\n", "'-inf' is not a finite number");
    refuses(Reason.NOT_FINITE, "p,label\n1e40,0\n", "'1e40' is not a finite number");
    refuses(Reason.WRONG_LABEL, "p,label\n1,-1\n", "column 'label': '-1' is not a whole number");
    refuses(Reason.WRONG_LABEL, "p,label\n1,1.0\n", "'1.0' is not a whole number");
    refuses(Reason.WRONG_LABEL, "p,label\n1,1000001\n", "from 0 to 1000000");
    refuses(Reason.RAGGED, "p,label\n1,2\n1\n", "line 3 has 1 cells, but the header 2");
    refuses(Reason.RAGGED, "p,label\n1,2,3\n", "line 2 has 3 cells, but the header 2");
    refuses(Reason.UNKNOWN_COLUMN, "p,q\n1,2\n", "no column 'label'; the columns are [p, q]");
    refuses(Reason.UNKNOWN_COLUMN, "", "no column 'label'");
    refuses(Reason.UNKNOWN_COLUMN, "label\n1\n", "no column of features");
    refuses(Reason.UNKNOWN_COLUMN, "0,0,label\n", "duplicate column '0'");
    refuses(Reason.DAMAGED, "p,label\n\"1,2\n", "not CSV");
    refuses(Reason.DAMAGED, "p,label\n\"1\"2,2\n", "not CSV");
  }

  private static void refuses(Reason reason, String text, String message) {
    assertRefused(reason, () -> csv(text, labelled(LabelKind.NUMBERS)))
        .hasMessageContaining(message);
  }

  @Test
  void linesAreCountedAcrossQuotedLineBreaks() {
    assertRefused(
            Reason.NOT_A_NUMBER, () -> csv("p,label\n1,\"a\nb\"\nx,c\n", labelled(LabelKind.NAMES)))
        .hasMessageContaining("line 4");
  }

  @Test
  void otherEncodingsAreRefused() {
    byte[] latin = "größe,label\n1,0\n".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(Reason.DAMAGED, () -> read(latin, ALL)).hasMessageContaining("not in UTF-8");
  }

  @Test
  void rowsCellsBytesAndClassesAreBounded() {
    byte[] rows = ("p\n" + "1\n".repeat(10)).getBytes(UTF_8);
    assertThat(read(rows, ALL, new DataLimits(22, 40, 10)).size()).isEqualTo(10);
    assertRefused(Reason.TOO_LARGE, () -> read(rows, ALL, new DataLimits(21, 40, 10)))
        .hasMessageContaining("21 bytes");
    assertRefused(Reason.TOO_LARGE, () -> read(rows, ALL, new DataLimits(22, 39, 10)))
        .hasMessageContaining("line 11");
    assertRefused(Reason.TOO_LARGE, () -> read(rows, ALL, new DataLimits(22, 40, 9)))
        .hasMessageContaining("9 rows");
    assertRefused(Reason.DAMAGED, () -> csv("p\n" + "1".repeat(70_000) + "\n", ALL));
  }

  @Test
  void namesOfFormatsAreChecked() {
    assertThatThrownBy(() -> new LabelColumn(" ", LabelKind.NAMES)).hasMessageContaining("no name");
    assertThatThrownBy(() -> new DataFormat.Npz("x", "x")).hasMessageContaining("both");
    assertThat(ColumnNames.parse("p0..p2, x")).containsExactly("p0", "p1", "p2", "x");
    for (String wrong : List.of("p3..p0", "p0..q3", "p0..", "..", "", "a,,b", "p0..p9999999")) {
      assertThatThrownBy(() -> ColumnNames.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whateverFloatsAreWrittenAreReadAgain() {
    long seed = Long.getLong("covey.seed", 20_252);
    System.out.println("CSV: seed " + seed + " (covey.seed)");
    SplittableRandom random = new SplittableRandom(seed);
    for (int table = 0; table < 50; table++) {
      int columns = 1 + random.nextInt(20);
      float[] values = new float[columns * random.nextInt(200)];
      StringBuilder text = new StringBuilder("c0");
      for (int i = 1; i < columns; i++) {
        text.append(",c").append(i);
      }
      for (int i = 0; i < values.length; i++) {
        float value = Float.intBitsToFloat(random.nextInt());
        values[i] = Float.isFinite(value) ? value : i;
        text.append(i % columns == 0 ? "\n" : ",").append(quoted(values[i], random));
      }
      assertThat(csv(text.toString(), ALL).features().toArray()).containsExactly(values);
    }
  }

  private static String quoted(float value, SplittableRandom random) {
    return random.nextBoolean() ? "\"" + value + "\"" : " " + value + " ";
  }
}
