package io.covey.edgeagent.app;

import io.covey.protocols.message.ModelManifest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * An agent in a process of its own that goes from version 1 to version 2 and ends, as with SIGKILL,
 * right before a step on the disk. Arguments: its data directory, the number of the step, and which
 * {@link KilledDeliveryTest.Way} the version comes.
 */
public final class KilledDelivery {
  /** The exit status of a process that was killed on the way. */
  static final int KILLED = 137;

  /** The same of one that got through with fewer steps. */
  static final int DONE = 0;

  /** By then the version before has long passed its probation. */
  static final Instant BEGIN = Instant.EPOCH.plus(Duration.ofHours(1));

  private int steps;

  private KilledDelivery() {}

  public static void main(String[] args) throws Exception {
    new KilledDelivery()
        .run(Path.of(args[0]), Integer.parseInt(args[1]), KilledDeliveryTest.Way.valueOf(args[2]));
  }

  private void run(Path directory, int last, KilledDeliveryTest.Way way) throws Exception {
    TestFleet fleet = way.fleet(BEGIN);
    EdgeAgent agent =
        fleet
            .agent("a1")
            .dataDirectory(directory)
            .storageProbe(
                step -> {
                  if (++steps == last) {
                    System.out.println("killed before " + step);
                    System.out.flush();
                    Runtime.getRuntime().halt(KILLED);
                  }
                })
            .build();
    agent.start();
    ModelManifest second = way.second(fleet);
    way.release(fleet, KilledDeliveryTest.SECOND, second);
    fleet.desire("a1", 2, second);
    fleet.run(Duration.ofMinutes(5));
    System.out.printf(
        "serving %s after %d steps, differences %d%n",
        agent.servedVersions(), steps, agent.counters().differencesUsed());
    System.out.flush();
    Runtime.getRuntime().halt(DONE);
  }
}
