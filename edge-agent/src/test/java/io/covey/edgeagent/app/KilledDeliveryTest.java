package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.edgeagent.artifacts.StorageProbe.Step;
import io.covey.edgeagent.serving.InferenceException;
import io.covey.models.graph.ModelException;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real process that is killed before each step of a delivery on the disk, one after the other.
 * What is left serves at the next start, without a network, and the delivery goes on with one; no
 * counter of a release that was taken is forgotten, and the version before can be returned to.
 */
@Timeout(280)
class KilledDeliveryTest {
  /** Counters of the releases of both versions; their documents have these versions, too. */
  static final long FIRST = 10;

  static final long SECOND = 20;

  private static final int MOST_STEPS = 60;
  private static final int CHILDREN = 2;
  private static final long WATCHDOG_SECONDS = 60;

  @TempDir private Path directory;

  /** How the second version comes. */
  enum Way {
    WHOLE_AND_RELEASED(0, true) {
      @Override
      ModelManifest second(TestFleet fleet) {
        return versions(fleet).whole(2, 1f);
      }
    },
    BY_DIFFERENCE(1, false) {
      @Override
      ModelManifest second(TestFleet fleet) {
        DifferingVersions versions = versions(fleet);
        versions.whole(2, 1f);
        return versions.onlyByDifference(2, 0.5f, 1f);
      }
    };

    private final int differences;
    private final boolean released;

    Way(int differences, boolean released) {
      this.differences = differences;
      this.released = released;
    }

    abstract ModelManifest second(TestFleet fleet);

    TestFleet fleet(Instant start) {
      TestFleet fleet = new TestFleet(1, NetworkFaults.NONE, start);
      fleet.signsReleases = released;
      return fleet;
    }

    void release(TestFleet fleet, long counter, ModelManifest manifest) {
      release(fleet, counter, counter, manifest);
    }

    void release(TestFleet fleet, long document, long counter, ModelManifest manifest) {
      if (released) {
        new TestReleases(fleet).release(document, counter, manifest);
      }
    }
  }

  /** In few chunks: each step costs a process. */
  private static DifferingVersions versions(TestFleet fleet) {
    fleet.sealing.chunkBytes = 240;
    return new DifferingVersions(fleet);
  }

  @ParameterizedTest
  @EnumSource
  void afterADeathAtAnyStepTheAgentServesAndFinishesTheDelivery(Way way) throws Exception {
    Path before = directory.resolve("before");
    serveFirst(before, way);
    Set<String> deaths = new TreeSet<>();
    boolean through = false;
    for (int step = 1; !through; step += CHILDREN) {
      assertThat(step).isLessThan(MOST_STEPS);
      List<Child> children = new ArrayList<>();
      for (int i = 0; i < CHILDREN; i++) {
        Path data = directory.resolve("killed-" + (step + i));
        copy(before, data);
        children.add(begin(data, step + i, way));
      }
      for (Child child : children) {
        String said = child.await();
        through = said.startsWith("serving ");
        if (through) {
          assertThat(said).contains("differences " + way.differences);
        } else {
          deaths.add(said.strip().replace("killed before ", ""));
        }
        assertGoesOn(child.data(), said, way);
      }
    }
    Set<String> expected = new TreeSet<>();
    for (Step step : Step.values()) {
      if (way.released || step != Step.WRITE_TRUST) {
        expected.add(step.name());
      }
    }
    assertThat(deaths).isEqualTo(expected);
  }

  private static void serveFirst(Path data, Way way) throws Exception {
    TestFleet fleet = way.fleet(Instant.EPOCH);
    EdgeAgent agent = fleet.agent("a1").dataDirectory(data).build();
    agent.start();
    ModelManifest first = versions(fleet).whole(1, 0.5f);
    way.release(fleet, FIRST, first);
    fleet.desire("a1", 1, first);
    fleet.run(Duration.ofMinutes(1));
    assertThat(DifferingVersions.answers(agent)).containsExactly(DifferingVersions.logits(0.5f));
    agent.stop();
    fleet.run(Duration.ofMinutes(1));
  }

  private static void assertGoesOn(Path data, String said, Way way) throws Exception {
    TestFleet alone = way.fleet(KilledDelivery.BEGIN.plus(Duration.ofMinutes(1)));
    EdgeAgent agent = alone.agent("a1").dataDirectory(data).build();
    agent.start();
    alone.run(Duration.ofMinutes(1));
    assertThat(agent.ready()).as(said).isTrue();
    boolean hasSecond = agent.servedVersions().containsValue(new ModelVersion(2));
    assertAnswers(agent, hasSecond ? 1 : 0.5f, said);
    if (way.released) {
      assertRefusesOlderRelease(alone, agent, hasSecond, said);
    }

    ModelManifest second = way.second(alone);
    way.release(alone, SECOND + 2, SECOND, second);
    alone.desire("a1", 4, second);
    alone.run(Duration.ofMinutes(2));
    assertThat(agent.servedVersions())
        .as(said)
        .isEqualTo(Map.of(TestFleet.MODEL, second.version()));
    assertAnswers(agent, 1, said);

    assertReturns(alone, agent, said);
    agent.stop();
    alone.run(Duration.ofMinutes(1));
    try (Stream<Path> left = Files.list(data.resolve("staging"))) {
      assertThat(left).as(said).isEmpty();
    }
  }

  private static void assertAnswers(EdgeAgent agent, float value, String said) throws Exception {
    assertThat(DifferingVersions.answers(agent))
        .as(said)
        .containsExactly(DifferingVersions.logits(value));
  }

  /** A release below the one that was taken last, in documents that are newer than all. */
  private static void assertRefusesOlderRelease(
      TestFleet fleet, EdgeAgent agent, boolean hasSecond, String said) throws Exception {
    ModelManifest older = versions(fleet).whole(3, 9);
    new TestReleases(fleet).release(SECOND + 1, FIRST - 1, older);
    fleet.desire("a1", 3, older);
    fleet.run(Duration.ofMinutes(1));
    assertAnswers(agent, hasSecond ? 1 : 0.5f, said);
    assertThat(fleet.lastReport().models())
        .as(said)
        .anySatisfy(
            state -> {
              assertThat(state.version()).isEqualTo(older.version());
              assertThat(state.detail())
                  .contains("OLD_RELEASE")
                  .containsPattern(
                      hasSecond
                          ? "more than " + SECOND
                          : "more than (%d|%d)".formatted(FIRST, SECOND));
            });
  }

  /** What answered before is still there, and known as that. */
  private static void assertReturns(TestFleet fleet, EdgeAgent agent, String said)
      throws Exception {
    fleet.runtime.beforeRun(
        () -> {
          throw new ModelException(ModelException.Reason.EXECUTION_FAILED, "no kernel");
        });
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> DifferingVersions.answers(agent))
          .isInstanceOf(InferenceException.class);
    }
    fleet.runtime.beforeRun(() -> {});
    fleet.run(Duration.ofSeconds(5));
    assertThat(agent.servedVersions())
        .as(said)
        .isEqualTo(Map.of(TestFleet.MODEL, new ModelVersion(1)));
    assertAnswers(agent, 0.5f, said);
  }

  /** An agent in a process of its own. */
  private record Child(Process process, Path data, Path output) {

    /** What it said last. */
    String await() throws Exception {
      try {
        assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("in time").isTrue();
      } finally {
        process.destroyForcibly().waitFor();
      }
      String said =
          Files.readString(output, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.startsWith("killed ") || line.startsWith("serving "))
              .findFirst()
              .orElse("nothing, exit status " + process.exitValue());
      assertThat(process.exitValue())
          .as(said)
          .isEqualTo(said.startsWith("killed ") ? KilledDelivery.KILLED : KilledDelivery.DONE);
      return said;
    }
  }

  private Child begin(Path data, int step, Way way) throws IOException {
    Path output = directory.resolve("child-" + step);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledDelivery.class.getName(),
                data.toString(),
                Integer.toString(step),
                way.name())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Child(process, data, output);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
