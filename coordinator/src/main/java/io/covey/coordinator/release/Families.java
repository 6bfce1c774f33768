package io.covey.coordinator.release;

import io.covey.crypto.release.Delegation;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.TargetsDocument;
import io.covey.protocols.id.ModelName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which targets document names a model: that of its family, which is the model's name up to the
 * first hyphen. Families that find no room among the delegations stay in the top document, as do
 * those that would have its name.
 */
final class Families {
  private final Set<ModelName> delegated;

  /**
   * @param before families that are delegated already, which they stay
   */
  Families(Collection<ModelName> before, Collection<Release> releases) {
    this.delegated = new LinkedHashSet<>(before);
    releases.stream()
        .map(release -> familyOf(release.model()))
        .filter(family -> !family.value().equals(TargetsDocument.TOP))
        .filter(family -> delegated.size() < TargetsDocument.MOST_DELEGATIONS)
        .forEach(delegated::add);
  }

  static ModelName familyOf(ModelName model) {
    int hyphen = model.value().indexOf('-');
    return hyphen < 0 ? model : new ModelName(model.value().substring(0, hyphen));
  }

  List<ModelName> delegated() {
    return List.copyOf(delegated);
  }

  /** The releases by the name of their document, each document's by model; all documents. */
  Map<String, List<Release>> byDocument(Collection<Release> releases) {
    Map<String, List<Release>> documents = new TreeMap<>();
    documents.put(TargetsDocument.TOP, new ArrayList<>());
    delegated.forEach(family -> documents.put(family.value(), new ArrayList<>()));
    for (Release release : releases) {
      ModelName family = familyOf(release.model());
      String name = delegated.contains(family) ? family.value() : TargetsDocument.TOP;
      documents.getOrDefault(name, List.of()).add(release);
    }
    documents.values().forEach(list -> list.sort(Comparator.comparing(Release::model)));
    return documents;
  }

  static List<ModelName> of(List<Delegation> delegations) {
    return delegations.stream().map(Delegation::family).toList();
  }
}
