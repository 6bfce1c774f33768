package io.covey.coordinator.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.release.Audience;
import io.covey.crypto.release.TargetsDocument;
import io.covey.protocols.id.ModelName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReleaseRoomTest {
  /** Behind the names of the others. */
  private static final List<ModelName> DELEGATED = named("old", TargetsDocument.MOST_DELEGATIONS);

  private static List<ModelName> named(String prefix, int count) {
    List<ModelName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(new ModelName(prefix + i));
    }
    return names;
  }

  /** How many of these find room one after the other, and why the next one does not. */
  private record Filled(int count, String objection) {}

  private static Filled fill(List<ModelName> delegated, List<ModelName> more) {
    SortedMap<ModelName, Audience> models = new TreeMap<>();
    delegated.forEach(family -> models.put(family, Audience.ALL));
    int count = 0;
    for (ModelName model : more) {
      SortedMap<ModelName, Audience> after = new TreeMap<>(models);
      after.put(model, Audience.ALL);
      Optional<String> objection = ReleaseRoom.objection(delegated, models, after);
      if (objection.isPresent()) {
        return new Filled(count, objection.get());
      }
      models.putAll(after);
      count++;
    }
    return new Filled(count, "");
  }

  @Test
  void newFamiliesShareTheTopDocumentWhenAllDelegationsAreTakenWhateverTheirNames() {
    Filled before = fill(DELEGATED, named("new", 200));
    assertThat(before.count()).isBetween(50, 150);
    assertThat(before.objection()).contains("there is none left for their families");
    assertThat(fill(DELEGATED, named("zzz", 200)).count()).isEqualTo(before.count());
    List<ModelName> eachBeforeTheLast = new ArrayList<>(named("new", 200));
    eachBeforeTheLast.sort(Comparator.reverseOrder());
    assertThat(fill(DELEGATED, eachBeforeTheLast).count()).isEqualTo(before.count());
  }

  @Test
  void aFullDocumentIsNoReasonToRefuseWhatGoesIntoAnother() {
    List<ModelName> mixed =
        new ArrayList<>(named("new", fill(DELEGATED, named("new", 200)).count()));
    mixed.add(new ModelName("old1-more"));
    assertThat(fill(DELEGATED, mixed)).isEqualTo(new Filled(mixed.size(), ""));
  }

  @Test
  void aFamilyIsFullByItself() {
    List<ModelName> family = named("cats-", 200);
    Filled filled = fill(List.of(), family);
    assertThat(filled.count()).isBetween(50, 199);
    assertThat(filled.objection()).contains("models of family cats,");
  }
}
