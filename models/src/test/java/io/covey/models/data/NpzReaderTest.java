package io.covey.models.data;

import static io.covey.models.data.DataResources.assertRefused;
import static io.covey.models.data.DataResources.bytes;
import static io.covey.models.data.DataResources.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives as NumPy saves them, and as nobody should. */
class NpzReaderTest {

  private static final DataFormat X_AND_Y = new DataFormat.Npz("x", "y");

  @ParameterizedTest
  @ValueSource(strings = {"images.npz", "images-packed.npz"})
  void featuresAndLabelsAreFoundByName(String name) {
    DataSet images = read(bytes(name), X_AND_Y);
    assertThat(images.features().shape()).isEqualTo(ArrayShape.of(6, 4, 4, 1));
    assertThat(images.features().toArray()).containsExactly(DataResources.floats("images-x.f32"));
    Targets.Classes classes = (Targets.Classes) images.targets();
    assertThat(classes.labels().toArray()).containsExactly(2, 0, 1, 1, 0, 2);
    assertThat(classes.count()).isEqualTo(3);
  }

  @Test
  void featuresAloneNeedNoTargets() {
    DataSet images = read(bytes("images.npz"), new DataFormat.Npz("x", null));
    assertThat(images.targets()).isEqualTo(new Targets.None());
  }

  @Test
  void fractionsAreTargetValues() {
    byte[] archive =
        archive(Map.of("x.npy", bytes("numbers-f4-little.npy"), "y.npy", bytes("infinite.npy")));
    assertRefused(Reason.NOT_FINITE, () -> read(archive, X_AND_Y))
        .hasMessageStartingWith("array 'y'");
    byte[] sound =
        archive(Map.of("x.npy", bytes("numbers-i1-little.npy"), "y", bytes("numbers-f8-big.npy")));
    DataSet data = read(sound, X_AND_Y);
    assertThat(((Targets.Values) data.targets()).values().toArray())
        .containsExactly(data.features().toArray());
  }

  @Test
  void aMissingArrayIsRefusedWithThoseThatThereAre() {
    assertRefused(
            Reason.UNKNOWN_ARRAY,
            () -> read(bytes("images.npz"), new DataFormat.Npz("x", "labels")))
        .hasMessage("there is no array 'labels'; there are [weights, x, y]");
  }

  @Test
  void rowsOfFeaturesAndTargetsMustBeAsMany() {
    byte[] archive =
        archive(Map.of("x.npy", bytes("numbers-f4-little.npy"), "y.npy", bytes("half.npy")));
    assertRefused(Reason.WRONG_SHAPE, () -> read(archive, X_AND_Y))
        .hasMessageContaining("2 rows of features");
  }

  @Test
  void negativeLabelsAreRefused() {
    byte[] archive =
        archive(Map.of("x.npy", npyOf("<f4", 4), "y.npy", withLast(npyOf("|i1", 1), -1)));
    assertRefused(Reason.WRONG_LABEL, () -> read(archive, X_AND_Y))
        .hasMessageContaining("label -1 of row 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"images.npz", "images-packed.npz"})
  void alteredContentFailsItsChecksum(String name) {
    byte[] file = bytes(name);
    // In the middle of the last and longest array, which is asked for.
    file[file.length / 2] ^= 1;
    assertRefused(Reason.DAMAGED, () -> read(file, new DataFormat.Npz("weights", null)));
    assertRefused(Reason.DAMAGED, () -> read(file, X_AND_Y));
  }

  @Test
  void archivesThatAreCutOffWithinTheirArraysAreRefused() {
    byte[] file = bytes("images-packed.npz");
    // The table of contents begins behind the last member; the arrays are whole from there on.
    int directory = indexOf(file, new byte[] {'P', 'K', 1, 2});
    for (int length = 0; length < directory; length += 13) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> read(cut, new DataFormat.Npz("weights", null)))
          .isInstanceOf(DataException.class);
    }
  }

  @Test
  void whatAnArchiveUnpacksToIsBounded() {
    byte[] zeros = archive(Map.of("x.npy", npyOf("<f4", 64), "bomb", new byte[5 << 20]));
    assertThat(zeros.length).isLessThan(1 << 14);
    assertRefused(Reason.TOO_LARGE, () -> read(zeros, new DataFormat.Npz("x", null)))
        .hasMessageContaining("1048576 bytes");
  }

  @Test
  void twoArraysOfOneNameAreRefused() {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("x.npy", npyOf("<f4", 4));
    members.put("y.npy", npyOf("|i1", 1));
    byte[] archive = archive(members);
    for (int i = 0; i < archive.length - 4; i++) {
      if (archive[i] == 'y' && archive[i + 1] == '.') {
        archive[i] = 'x';
      }
    }
    assertRefused(Reason.UNKNOWN_ARRAY, () -> read(archive, new DataFormat.Npz("x", null)))
        .hasMessageContaining("two members 'x.npy'");
  }

  @Test
  void whatIsNoArchiveIsRefused() {
    assertRefused(Reason.DAMAGED, () -> read(bytes("half.npy"), X_AND_Y))
        .hasMessageContaining("numpy.savez");
    assertRefused(Reason.DAMAGED, () -> read(new byte[0], X_AND_Y));
  }

  /** An array of one row that holds {@code bytes} bytes of zeros. */
  private static byte[] npyOf(String type, int bytes) {
    int size = type.charAt(2) - '0';
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (1, %d)}".formatted(type, bytes / size);
    byte[] file = new byte[10 + header.length() + bytes];
    System.arraycopy(bytes("half.npy"), 0, file, 0, 8);
    file[8] = (byte) header.length();
    for (int i = 0; i < header.length(); i++) {
      file[10 + i] = (byte) header.charAt(i);
    }
    return file;
  }

  private static byte[] withLast(byte[] bytes, int value) {
    bytes[bytes.length - 1] = (byte) value;
    return bytes;
  }

  private static byte[] archive(Map<String, byte[]> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i <= bytes.length - part.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new IllegalArgumentException("not found");
  }
}
