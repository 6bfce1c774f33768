package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real process that is killed before each step of a delivery on the disk, one after the other.
 * What is left serves at the next start, without a network, and the delivery goes on with one.
 */
@Timeout(280)
class KilledDeliveryTest {
  private static final int MOST_STEPS = 40;
  private static final long WATCHDOG_SECONDS = 60;

  @TempDir private Path directory;

  private int children;

  /** How the second version comes. */
  enum Way {
    WHOLE(0) {
      @Override
      ModelManifest second(TestFleet fleet) {
        return versions(fleet).whole(2, 1f);
      }
    },
    BY_DIFFERENCE(1) {
      @Override
      ModelManifest second(TestFleet fleet) {
        DifferingVersions versions = versions(fleet);
        versions.whole(2, 1f);
        return versions.onlyByDifference(2, 0.5f, 1f);
      }
    };

    private final int differences;

    Way(int differences) {
      this.differences = differences;
    }

    abstract ModelManifest second(TestFleet fleet);
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
    serveFirst(before);
    List<String> deaths = new ArrayList<>();
    boolean through = false;
    for (int step = 1; !through; step++) {
      assertThat(step).isLessThan(MOST_STEPS);
      Path data = directory.resolve("killed-" + step);
      copy(before, data);
      String said = runChild(data, step, way);
      through = said.startsWith("serving ");
      if (!through) {
        deaths.add(said.strip());
      }
      if (through) {
        assertThat(said).contains("differences " + way.differences);
      }
      assertServes(data, said, way);
    }
    assertThat(deaths)
        .contains(
            "killed before OPEN_STAGING",
            "killed before WRITE_BLOCK",
            "killed before FORCE_BLOCKS",
            "killed before NOTE_BLOCKS",
            "killed before VERIFY",
            "killed before MOVE",
            "killed before REMOVE_NOTES",
            "killed before WRITE_SERVED");
  }

  private static void serveFirst(Path data) throws Exception {
    TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
    EdgeAgent agent = fleet.agent("a1").dataDirectory(data).build();
    agent.start();
    fleet.desire("a1", 1, versions(fleet).whole(1, 0.5f));
    fleet.run(Duration.ofMinutes(1));
    assertThat(DifferingVersions.answers(agent)).containsExactly(DifferingVersions.logits(0.5f));
    agent.stop();
    fleet.run(Duration.ofMinutes(1));
  }

  private static void assertServes(Path data, String said, Way way) throws Exception {
    TestFleet alone = new TestFleet(1, NetworkFaults.NONE);
    EdgeAgent agent = alone.agent("a1").dataDirectory(data).build();
    agent.start();
    alone.run(Duration.ofMinutes(1));
    assertThat(agent.ready()).as(said).isTrue();
    assertThat(DifferingVersions.answers(agent))
        .as(said)
        .isIn(DifferingVersions.logits(0.5f), DifferingVersions.logits(1));
    ModelManifest second = way.second(alone);
    alone.desire("a1", 3, second);
    alone.run(Duration.ofMinutes(5));
    assertThat(agent.servedVersions())
        .as(said)
        .isEqualTo(Map.of(TestFleet.MODEL, second.version()));
    assertThat(DifferingVersions.answers(agent))
        .as(said)
        .containsExactly(DifferingVersions.logits(1));
    agent.stop();
    alone.run(Duration.ofMinutes(1));
    try (Stream<Path> left = Files.list(data.resolve("staging"))) {
      assertThat(left).as(said).isEmpty();
    }
  }

  private String runChild(Path data, int step, Way way) throws Exception {
    Path output = directory.resolve("child-" + children++);
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

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
