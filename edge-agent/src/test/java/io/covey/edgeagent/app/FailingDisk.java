package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Agents on a disk that fills up and becomes read-only, in a process that has mounted it. The first
 * argument says what happens, the second where the disk is.
 */
public final class FailingDisk {
  private final Path disk;
  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
  private final ModelManifest one = fleet.publish(1, 0.5f);
  private final ModelManifest two = fleet.publish(2, 0.7f);

  private FailingDisk(Path disk) {
    this.disk = disk;
  }

  public static void main(String[] args) throws Exception {
    FailingDisk test = new FailingDisk(Path.of(args[1]));
    switch (args[0]) {
      case "full" -> test.fillsUp();
      case "full-at-start" -> test.isFullAtTheStart();
      case "read-only" -> test.isReadOnlyAtTheStart();
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.println("as expected");
  }

  private void fillsUp() throws Exception {
    EdgeAgent agent = started();
    fill();
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofMinutes(30));
    assertWaits(agent, "No space left on device");
    Files.delete(filler());
    fleet.run(Duration.ofMinutes(5));
    assertServes(agent, 2);
  }

  private void isFullAtTheStart() throws Exception {
    stop(started());
    fill();
    EdgeAgent again = start();
    assertServes(again, 1);
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofMinutes(30));
    assertWaits(again, "No space left on device");
    Files.delete(filler());
    fleet.run(Duration.ofMinutes(5));
    assertServes(again, 2);
  }

  private void isReadOnlyAtTheStart() throws Exception {
    EdgeAgent before = started();
    assertThat(fleet.lastReport().canTrain()).isTrue();
    stop(before);
    remount("ro");
    EdgeAgent again = start();
    assertServes(again, 1);
    assertThat(fleet.lastReport().canTrain()).isFalse();
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofMinutes(30));
    assertWaits(again, "the data directory cannot be written: Read-only file system");
    remount("rw");
    fleet.run(Duration.ofMinutes(5));
    assertServes(again, 2);
    stop(again);
    assertServes(start(), 2);
    assertThat(fleet.lastReport().canTrain()).isTrue();
  }

  private EdgeAgent started() throws Exception {
    EdgeAgent agent = start();
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofMinutes(1));
    assertServes(agent, 1);
    return agent;
  }

  private EdgeAgent start() throws IOException {
    EdgeAgent agent =
        fleet
            .agent("a1")
            .dataDirectory(disk)
            .examples(
                new InMemoryExampleStore(
                    TestFleet.FEATURES, new float[TestFleet.FEATURES], new int[] {1}))
            .build();
    agent.start();
    fleet.run(Duration.ofMinutes(1));
    return agent;
  }

  private void stop(EdgeAgent agent) {
    agent.close();
    fleet.run(Duration.ofMinutes(1));
  }

  private void assertServes(EdgeAgent agent, int version) throws Exception {
    assertThat(agent.servedVersions())
        .isEqualTo(Map.of(TestFleet.MODEL, new ModelVersion(version)));
    assertThat(agent.infer(TestFleet.MODEL, new float[TestFleet.FEATURES])).isNotEmpty();
  }

  private void assertWaits(EdgeAgent agent, String why) throws Exception {
    assertServes(agent, 1);
    ModelState waiting =
        fleet.lastReport().models().stream()
            .filter(state -> state.version().equals(two.version()))
            .findFirst()
            .orElseThrow();
    assertThat(waiting.status()).isEqualTo(Status.FETCHING);
    assertThat(waiting.detail()).startsWith("storage failed: ").endsWith(why);
  }

  private Path filler() {
    return disk.resolve("filler");
  }

  /** To the last byte. */
  private void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(filler())) {
      byte[] page = new byte[4096];
      while (Files.getFileStore(disk).getUsableSpace() > 0) {
        out.write(page);
      }
    }
  }

  private void remount(String mode) throws IOException, InterruptedException {
    Process mount =
        new ProcessBuilder("mount", "-o", "remount," + mode, disk.toString()).inheritIO().start();
    assertThat(mount.waitFor()).as("remount,%s", mode).isZero();
  }
}
