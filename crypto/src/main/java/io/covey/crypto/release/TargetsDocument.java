package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.ModelName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is released, and who else may release (TUF 1.0, section 4.5). The top one may delegate
 * families of models; delegated ones delegate no further.
 *
 * @param name {@link #TOP}, or that of a delegated family
 * @param releases of each model none, one, or several for different devices; the counters of one
 *     model differ
 */
public record TargetsDocument(
    DocumentHeader header, String name, List<Delegation> delegations, List<Release> releases) {
  /** The name of the top document. */
  public static final String TOP = "targets";

  public static final int MOST_DELEGATIONS = 64;
  public static final int MOST_RELEASES = 256;

  private static final String LABEL = "covey/v1/release-targets";

  public TargetsDocument {
    checkName(name);
    delegations = List.copyOf(delegations);
    releases = List.copyOf(releases);
    if (!name.equals(TOP) && !delegations.isEmpty()) {
      throw new IllegalArgumentException(
          "%s delegates %d families, expected none".formatted(name, delegations.size()));
    }
    if (delegations.size() > MOST_DELEGATIONS || releases.size() > MOST_RELEASES) {
      throw new IllegalArgumentException(
          "%d delegations and %d releases, expected at most %d and %d"
              .formatted(delegations.size(), releases.size(), MOST_DELEGATIONS, MOST_RELEASES));
    }
    checkDifferent(delegations, releases);
  }

  private static void checkDifferent(List<Delegation> delegations, List<Release> releases) {
    Set<ModelName> families = new HashSet<>();
    for (Delegation delegation : delegations) {
      if (!families.add(delegation.family())) {
        throw new IllegalArgumentException(delegation.family() + " is delegated twice");
      }
    }
    record Counted(ModelName model, long counter) {}
    Set<Counted> counters = new HashSet<>();
    for (Release release : releases) {
      if (!counters.add(new Counted(release.model(), release.counter()))) {
        throw new IllegalArgumentException(
            "two releases of %s have counter %d".formatted(release.model(), release.counter()));
      }
    }
  }

  /** Names of targets documents are those that models may have. */
  static void checkName(String name) {
    ModelName checked = new ModelName(name);
    if (!checked.value().equals(name)) {
      throw new IllegalArgumentException("targets document " + name);
    }
  }

  /** What is signed. */
  public Octets encode() {
    Canonical statement = header.appendTo(new Canonical(LABEL)).text(name);
    statement.number(delegations.size());
    delegations.forEach(delegation -> delegation.appendTo(statement));
    statement.number(releases.size());
    releases.forEach(release -> release.appendTo(statement));
    return Octets.owning(statement.toBytes());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MalformedReleaseException for everything else
   */
  public static TargetsDocument decode(Octets encoded) throws MalformedReleaseException {
    return Fields.read(
        LABEL,
        encoded,
        fields ->
            new TargetsDocument(
                DocumentHeader.read(fields),
                fields.text(),
                fields.list(MOST_DELEGATIONS, Delegation::read),
                fields.list(MOST_RELEASES, Release::read)));
  }
}
