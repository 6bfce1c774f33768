package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Versions that come as differences to what the device serves, and what happens when they do not.
 */
class AgentDifferenceTest {
  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
  private final DifferingVersions versions = new DifferingVersions(fleet);

  /** What may be wrong with a difference. */
  private enum Flaw {
    OTHER_PLAINTEXT,
    OTHER_HEADER,
    NO_DIFFERENCE,
    NO_HEADER,
    NOT_AUTHENTIC
  }

  private EdgeAgent started(EdgeAgentBuilder builder) throws IOException {
    EdgeAgent agent = builder.build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    return agent;
  }

  private void desire(long revision, ModelManifest manifest) {
    fleet.desire("a1", revision, manifest);
    fleet.run(Duration.ofMinutes(1));
  }

  private static void assertAnswers(EdgeAgent agent, float value) throws Exception {
    assertThat(DifferingVersions.answers(agent)).containsExactly(DifferingVersions.logits(value));
  }

  private static void assertDifferences(EdgeAgent agent, long used, long abandoned) {
    assertThat(agent.counters().differencesUsed()).isEqualTo(used);
    assertThat(agent.counters().differencesAbandoned()).isEqualTo(abandoned);
  }

  private static List<String> cached(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("artifacts"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void stop(EdgeAgent agent) {
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void theNextVersionsComeByDifferenceAndLieOnTheDiskAsTheSealedFilesThatTheyAre(
      @TempDir Path directory) throws Exception {
    EdgeAgent agent = started(fleet.agent("a1").dataDirectory(directory));
    desire(1, versions.whole(1, 0.5f));
    assertAnswers(agent, 0.5f);
    ModelManifest two = versions.onlyByDifference(2, 0.5f, 0.75f);
    desire(2, two);
    assertAnswers(agent, 0.75f);
    ModelManifest three = versions.onlyByDifference(3, 0.75f, 1.25f);
    desire(3, three);
    assertAnswers(agent, 1.25f);
    assertDifferences(agent, 2, 0);
    // The two versions that may answer, and nothing of how they came.
    List<String> expected = new ArrayList<>();
    for (ModelManifest manifest : List.of(two, three)) {
      manifest.artifacts().forEach(file -> expected.add(file.digest().hex()));
    }
    assertThat(cached(directory))
        .containsExactlyElementsOf(expected.stream().distinct().sorted().toList());
    stop(agent);

    fleet.network.stopBroker(Duration.ofDays(1));
    EdgeAgent again = started(fleet.agent("a1").dataDirectory(directory));
    assertThat(again.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, three.version()));
    assertAnswers(again, 1.25f);
    stop(again);
  }

  @Test
  void whoMissedAVersionFetchesTheWholeAndNothingOfTheDifference() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    desire(1, versions.whole(1, 0.5f));
    versions.whole(3, 1.25f);
    // Not published: whoever fetches it waits for ever.
    ArtifactReference difference =
        fleet.named(
            Role.WEIGHTS_DIFFERENCE,
            versions.content(
                DifferingVersions.weights(0.75f), DifferingVersions.weights(1.25f), 1.25f));
    desire(3, versions.manifest(3, versions.with(0.75f, 1.25f, difference)));
    assertAnswers(agent, 1.25f);
    assertDifferences(agent, 0, 0);
    stop(agent);
  }

  @ParameterizedTest
  @EnumSource(Flaw.class)
  void differenceThatLeadsNowhereCostsOnlyItself(Flaw flaw) throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    desire(1, versions.whole(1, 0.5f));
    versions.whole(2, 0.75f);
    desire(2, versions.manifest(2, versions.with(0.5f, 0.75f, flawed(flaw))));
    assertAnswers(agent, 0.75f);
    assertDifferences(agent, 0, 1);
    stop(agent);
  }

  private ArtifactReference flawed(Flaw flaw) {
    byte[] one = DifferingVersions.weights(0.5f);
    byte[] good = versions.content(one, DifferingVersions.weights(0.75f), 0.75f);
    return switch (flaw) {
      case OTHER_PLAINTEXT ->
          publish(versions.content(one, DifferingVersions.weights(0.8f), 0.75f));
      case OTHER_HEADER -> publish(versions.content(one, DifferingVersions.weights(0.75f), 0.8f));
      case NO_DIFFERENCE -> publish(Arrays.copyOf(good, good.length - 1));
      case NO_HEADER -> publish(Arrays.copyOfRange(good, 1, good.length));
      case NOT_AUTHENTIC -> {
        ArtifactReference named = fleet.named(Role.WEIGHTS_DIFFERENCE, good);
        byte[] garbage = new byte[Math.toIntExact(named.lengthBytes())];
        yield fleet.publishBytes(
            Role.WEIGHTS_DIFFERENCE, garbage, Sha256.of(garbage), named.sealing());
      }
    };
  }

  private ArtifactReference publish(byte[] content) {
    return fleet.publishArtifact(Role.WEIGHTS_DIFFERENCE, content);
  }

  @Test
  void differenceToAFileThatTheDiskHasDamagedIsNotEvenFetched(@TempDir Path directory)
      throws Exception {
    EdgeAgent agent = started(fleet.agent("a1").dataDirectory(directory));
    ModelManifest one = versions.whole(1, 0.5f);
    desire(1, one);
    Path file =
        directory
            .resolve("artifacts")
            .resolve(one.artifact(Role.WEIGHTS).orElseThrow().digest().hex());
    Files.write(file, new byte[] {1, 2, 3});
    versions.whole(2, 0.75f);
    desire(2, versions.onlyByDifference(2, 0.5f, 0.75f));
    assertAnswers(agent, 0.75f);
    assertDifferences(agent, 0, 0);
    stop(agent);
  }

  @Test
  void whereTheQuotaHasNoRoomForADifferenceBesideTheFileTheFileComesWhole(@TempDir Path directory)
      throws Exception {
    ModelManifest one = versions.whole(1, 0.5f);
    long bytes = one.artifacts().stream().mapToLong(ArtifactReference::lengthBytes).sum();
    long weights = one.artifact(Role.WEIGHTS).orElseThrow().lengthBytes();
    EdgeAgent agent =
        started(fleet.agent("a1").dataDirectory(directory).quotaBytes(bytes + weights));
    desire(1, one);
    versions.whole(2, 0.75f);
    desire(2, versions.onlyByDifference(2, 0.5f, 0.75f));
    assertAnswers(agent, 0.75f);
    assertDifferences(agent, 0, 1);
    stop(agent);
  }

  @Test
  void differenceThatNeverComesIsGivenUp() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    desire(1, versions.whole(1, 0.5f));
    versions.whole(2, 0.75f);
    ArtifactReference unpublished =
        fleet.named(
            Role.WEIGHTS_DIFFERENCE,
            versions.content(
                DifferingVersions.weights(0.5f), DifferingVersions.weights(0.75f), 0.75f));
    desire(2, versions.manifest(2, versions.with(0.5f, 0.75f, unpublished)));
    fleet.run(Duration.ofMinutes(9));
    assertAnswers(agent, 0.75f);
    assertDifferences(agent, 0, 1);
    stop(agent);
  }

  /** It holds the base, and goes on with the difference that it had begun to fetch. */
  @Test
  void differenceIsGoneOnWithAfterARestart(@TempDir Path directory) throws Exception {
    EdgeAgent first = started(fleet.agent("a1").dataDirectory(directory));
    desire(1, versions.whole(1, 0.5f));
    ModelManifest two = versions.onlyByDifference(2, 0.5f, 0.75f);
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofMillis(20));
    stop(first);
    EdgeAgent second = started(fleet.agent("a1").dataDirectory(directory));
    fleet.run(Duration.ofMinutes(1));
    assertAnswers(second, 0.75f);
    stop(second);
  }
}
