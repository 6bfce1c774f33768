package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Reads arrays from NumPy's {@code .npz} format: a ZIP archive with a member {@code NAME.npy} for
 * each array. The archive is read once from front to back, every member is unpacked and its
 * checksum compared, and the limit on a file's bytes bounds also what all members unpack to.
 */
final class NpzReader {

  private static final String SUFFIX = ".npy";
  private static final int MAXIMUM_MEMBERS = 10_000;
  private static final int SHOWN_MEMBERS = 20;

  private final DataLimits limits;
  private final List<String> wanted;
  private final Map<String, NumericArray> found = new HashMap<>();
  private final Set<String> members = new HashSet<>();

  private NpzReader(DataLimits limits, List<String> wanted) {
    this.limits = limits;
    this.wanted = wanted;
  }

  /**
   * The arrays that are named, by name.
   *
   * @throws DataException when one is missing, or the archive or one of these arrays is refused
   */
  static Map<String, NumericArray> read(InputStream in, List<String> names, DataLimits limits)
      throws IOException {
    NpzReader reader = new NpzReader(limits, names);
    try (ZipInputStream zip = new ZipInputStream(in)) {
      reader.readMembers(zip);
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // The JDK reports names that are not UTF-8 as an illegal argument.
      throw new DataException(
          Reason.DAMAGED,
          "the archive is damaged or cut off (" + e.getMessage() + "); write it again",
          e);
    }
    return reader.requireAll();
  }

  private void readMembers(ZipInputStream zip) throws IOException {
    LimitedInput unpacked = new LimitedInput(zip, limits.fileBytes());
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (!members.add(entry.getName())) {
        throw new DataException(
            Reason.UNKNOWN_ARRAY, "the archive has two members '" + shown(entry.getName()) + "'");
      }
      if (members.size() > MAXIMUM_MEMBERS) {
        throw DataLimits.tooLarge("the archive", MAXIMUM_MEMBERS + " members");
      }
      String name = arrayName(entry.getName());
      if (wanted.contains(name)) {
        found.put(name, array(unpacked, name));
      } else {
        // Unpacked here, where it is counted, and not unseen by getNextEntry.
        unpacked.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  private NumericArray array(LimitedInput in, String name) throws IOException {
    try {
      return NpyReader.read(in, limits);
    } catch (DataException e) {
      throw e.in("array '" + name + "'");
    }
  }

  private Map<String, NumericArray> requireAll() {
    if (members.isEmpty()) {
      throw new DataException(
          Reason.DAMAGED, "this is no .npz archive; write one with numpy.savez(file, x=x, y=y)");
    }
    for (String name : wanted) {
      if (!found.containsKey(name)) {
        Set<String> names = new TreeSet<>();
        members.forEach(member -> names.add(shown(arrayName(member))));
        throw new DataException(
            Reason.UNKNOWN_ARRAY,
            "there is no array '%s'; there are %s"
                .formatted(name, names.stream().limit(SHOWN_MEMBERS).toList()));
      }
    }
    return Map.copyOf(found);
  }

  private static String arrayName(String member) {
    return member.endsWith(SUFFIX)
        ? member.substring(0, member.length() - SUFFIX.length())
        : member;
  }

  private static String shown(String name) {
    return name.length() > 80 ? name.substring(0, 80) + "..." : name;
  }
}
