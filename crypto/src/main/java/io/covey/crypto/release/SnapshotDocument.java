package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which versions of the targets documents belong together (TUF 1.0, section 4.4).
 *
 * @param targets by name, at most {@link #MOST_TARGETS}
 */
public record SnapshotDocument(
    DocumentHeader header, SortedMap<String, DocumentReference> targets) {
  public static final int MOST_TARGETS = 1 + TargetsDocument.MOST_DELEGATIONS;

  private static final String LABEL = "covey/v1/release-snapshot";

  public SnapshotDocument {
    targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
    if (targets.isEmpty() || targets.size() > MOST_TARGETS) {
      throw new IllegalArgumentException(
          "%d targets documents, expected 1 to %d".formatted(targets.size(), MOST_TARGETS));
    }
    targets.keySet().forEach(TargetsDocument::checkName);
  }

  /** What is signed. */
  public Octets encode() {
    Canonical statement = header.appendTo(new Canonical(LABEL)).number(targets.size());
    targets.forEach((name, reference) -> reference.appendTo(statement.text(name)));
    return Octets.owning(statement.toBytes());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MalformedReleaseException for everything else
   */
  public static SnapshotDocument decode(Octets encoded) throws MalformedReleaseException {
    return Fields.read(
        LABEL,
        encoded,
        fields -> {
          DocumentHeader header = DocumentHeader.read(fields);
          SortedMap<String, DocumentReference> targets = new TreeMap<>();
          int count = fields.number(1, MOST_TARGETS);
          for (int i = 0; i < count; i++) {
            if (targets.put(fields.text(), DocumentReference.read(fields)) != null) {
              throw new MalformedReleaseException("a targets document is named twice");
            }
          }
          return new SnapshotDocument(header, targets);
        });
  }

  /** Whether nothing that an earlier one named is missing here or older. */
  boolean isNoOlderThan(SnapshotDocument earlier) {
    for (Map.Entry<String, DocumentReference> before : earlier.targets.entrySet()) {
      DocumentReference now = targets.get(before.getKey());
      if (now == null || now.version() < before.getValue().version()) {
        return false;
      }
    }
    return true;
  }
}
