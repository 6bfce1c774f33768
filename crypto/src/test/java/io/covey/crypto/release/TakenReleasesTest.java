package io.covey.crypto.release;

import static io.covey.crypto.release.TestRepository.DEVICE;
import static io.covey.crypto.release.TestRepository.DIGITS;
import static io.covey.crypto.release.TestRepository.FACES;
import static io.covey.crypto.release.TestRepository.NOW;
import static io.covey.crypto.release.TestRepository.SIGNER;
import static io.covey.crypto.release.TestRepository.follow;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Selection.Offered;
import io.covey.protocols.id.ModelName;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A device that has taken releases of more models than it can remember. */
class TakenReleasesTest {
  private final TestRepository repository = new TestRepository();

  private TrustedMetadata current() throws MalformedReleaseException {
    return follow(repository.factory(), repository.documents(), NOW);
  }

  private static Offered offered(TrustedMetadata metadata, ModelName model) {
    return (Offered) metadata.select(model, DEVICE, NOW);
  }

  /** The same, having taken so many models that no document lists any more. */
  private static TrustedMetadata crowded(TrustedMetadata metadata)
      throws MalformedReleaseException {
    TrustedState state = TrustedState.decode(metadata.encode(), SIGNER);
    SortedMap<ModelName, TakenRelease> taken = new TreeMap<>(state.taken());
    for (int i = 0; taken.size() < TrustedState.MOST_TAKEN; i++) {
      ModelName gone = new ModelName("gone-" + i);
      taken.put(gone, new TakenRelease(gone, 1, new TreeSet<>()));
    }
    Octets encoded =
        new TrustedState(state.root(), state.timestamp(), state.snapshot(), state.targets(), taken)
            .encode();
    return TrustedMetadata.decode(encoded, SIGNER);
  }

  private static SortedMap<ModelName, TakenRelease> taken(TrustedMetadata metadata)
      throws MalformedReleaseException {
    return TrustedState.decode(metadata.encode(), SIGNER).taken();
  }

  @Test
  void aModelThatIsListedAlwaysFindsRoom() throws Exception {
    TrustedMetadata full = crowded(current());
    assertThat(taken(full)).hasSize(TrustedState.MOST_TAKEN);
    TrustedMetadata next = full.taking(offered(full, FACES));
    assertThat(taken(next)).containsOnlyKeys(FACES);
    assertThat(next.select(FACES, DEVICE, NOW))
        .isInstanceOfSatisfying(
            KeepServing.class,
            kept -> assertThat(kept.reason()).isEqualTo(KeepServing.Reason.ALREADY_TAKEN));
  }

  @Test
  void whatIsListedIsNotForgotten() throws Exception {
    TrustedMetadata metadata = current();
    TrustedMetadata full = crowded(metadata.taking(offered(metadata, DIGITS)));
    TrustedMetadata next = full.taking(offered(full, FACES));
    assertThat(taken(next)).containsOnlyKeys(DIGITS, FACES);
  }

  @Test
  void nothingIsForgottenWithoutNeed() throws Exception {
    TrustedMetadata metadata = current();
    TrustedMetadata full = crowded(metadata.taking(offered(metadata, DIGITS)));
    TrustedMetadata again = full.taking((Offered) full.current(DIGITS, DEVICE, NOW));
    assertThat(taken(again)).hasSize(TrustedState.MOST_TAKEN);
  }
}
