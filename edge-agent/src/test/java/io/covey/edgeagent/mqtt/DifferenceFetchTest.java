package io.covey.edgeagent.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.artifacts.ArtifactAssembly;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DifferenceFetchTest {
  private static final ArtifactReference BASE = sealed(Role.WEIGHTS, 1, 250);

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final UseCount inUse = new UseCount();
  private final List<String> ended = new ArrayList<>();

  private static ArtifactReference sealed(Role role, int number, long lengthBytes) {
    Sha256 plaintext = Sha256.of(new byte[] {(byte) number});
    return new ArtifactReference(
        role,
        Sha256.of(new byte[] {(byte) number, 1}),
        lengthBytes,
        1000,
        Optional.of(new Sealing(plaintext, 100, new ModelVersion(1))));
  }

  private static ArtifactReference madeOfBase(int number) {
    return sealed(Role.WEIGHTS, number, 250)
        .with(
            new Difference(
                BASE.sealing().orElseThrow().plaintext(),
                sealed(Role.WEIGHTS_DIFFERENCE, number + 1, 200)));
  }

  /** Its difference comes after this long. */
  private void begin(ArtifactReference artifact, Duration after) {
    new DifferenceFetch(
            new ArtifactStorage(time, new InMemoryArtifactCache(10_000), artifact),
            new ModelName("toy"),
            new Assembly(),
            new DifferenceFetch.Surroundings() {
              @Override
              public ArtifactFetcher.Ticket fetch(
                  ArtifactReference difference, ArtifactFetcher.Listener arrival) {
                Scheduler.Timer coming = time.schedule(after, arrival::fetched);
                return new ArtifactFetcher.Ticket() {
                  @Override
                  public void cancel() {
                    coming.cancel();
                  }

                  @Override
                  public FetchProgress progress() {
                    return FetchProgress.NONE;
                  }
                };
              }

              @Override
              public UseCount inUse() {
                return inUse;
              }
            },
            new Ear())
        .begin();
  }

  @Test
  void whatTwoAreMadeOfIsInUseUntilTheSecondIsMade() {
    begin(madeOfBase(10), Duration.ofSeconds(1));
    begin(madeOfBase(20), Duration.ofSeconds(3));
    time.runFor(Duration.ofSeconds(2));
    assertThat(ended).containsExactly("made");
    assertThat(inUse.isUsing(BASE.digest())).isTrue();
    time.runFor(Duration.ofSeconds(2));
    assertThat(ended).containsExactly("made", "made");
    assertThat(inUse.isUsing(BASE.digest())).isFalse();
  }

  /** Makes everything of the same file. */
  private static final class Assembly implements ArtifactAssembly {
    @Override
    public Optional<ArtifactReference> base(ModelName model, ArtifactReference artifact) {
      return Optional.of(BASE);
    }

    @Override
    public void assemble(ModelName model, ArtifactReference base, ArtifactReference artifact) {
      assertThat(base).isEqualTo(BASE);
    }
  }

  private final class Ear implements DifferenceFetch.Listener {
    @Override
    public void fetching() {
      // It has begun.
    }

    @Override
    public void stalled(String detail) {
      ended.add(detail);
    }

    @Override
    public void hasNoBase() {
      ended.add("no base");
    }

    @Override
    public void made() {
      ended.add("made");
    }

    @Override
    public void failed(String detail) {
      ended.add(detail);
    }
  }
}
