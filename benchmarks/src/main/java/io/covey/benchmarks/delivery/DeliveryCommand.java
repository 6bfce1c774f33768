package io.covey.benchmarks.delivery;

import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.message.Limits;
import io.covey.protocols.settings.DataSize;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings one file to many agents and says what that cost. */
@Command(
    name = "delivery",
    description = {
      "Measure the delivery of a file: the embedded broker and the publisher in a process of 512"
          + " MiB of heap, agents with connections and directories of their own in this one. Prints"
          + " who has the whole file, bytes on the wire, and the coordinator's peak heap; fails"
          + " when not every agent has it, when bytes or heap are above their goals, and says so."
    },
    footer = {
      "%nExamples:",
      "  covey bench delivery --agents 100 --bytes 20MiB",
      "  covey bench delivery --agents 100 --bytes 20MiB --loss 0.05 --cuts 3 --json",
      "  covey bench delivery --agents 100 --bytes 20MiB --on-request",
      "  covey bench delivery --agents 100 --bytes 20MiB --https"
    })
public final class DeliveryCommand implements Callable<Integer> {
  private static final int MAXIMUM_AGENTS = 1000;
  private static final int MAXIMUM_CUTS = 100;
  private static final int MAXIMUM_SECONDS = 86_400;

  @Option(
      names = "--agents",
      paramLabel = "N",
      defaultValue = "100",
      description = "Agents that fetch at the same time (default 100).")
  private int agents = 100;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      defaultValue = "20MiB",
      description = "Size of the file (default 20MiB).")
  private String bytes = "20MiB";

  @Option(
      names = "--loss",
      paramLabel = "P",
      defaultValue = "0",
      description = "Part of the messages that is lost between broker and agents (default 0).")
  private double loss;

  @Option(
      names = "--cuts",
      paramLabel = "N",
      defaultValue = "0",
      description = "How often each connection is cut on the way (default 0).")
  private int cuts;

  @Option(
      names = "--on-request",
      description = "The broker retains nothing: agents ask the coordinator.")
  private boolean onRequest;

  @Option(
      names = "--https",
      description = "Offer the file over HTTPS, too; losses and cuts are of MQTT alone.")
  private boolean https;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of the file, of losses, and of waits (default 1).")
  private long seed = 1;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "After so long, what is not there has not come (default 600).")
  private int timeout = 600;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    DeliveryResult result;
    try {
      result = new DeliveryBench(bench()).run();
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "the delivery did not run: " + e.getMessage(), "see what was said before")
          .causedBy(e);
    }
    System.out.println(json ? result.json() : result.text());
    List<String> missed = result.missed();
    missed.forEach(goal -> System.err.println("goal missed: " + goal));
    return (missed.isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private DeliveryCase bench() {
    requireInRange("--agents", agents, 1, MAXIMUM_AGENTS);
    requireInRange("--cuts", cuts, 0, MAXIMUM_CUTS);
    requireInRange("--timeout", timeout, 1, MAXIMUM_SECONDS);
    // Written so that NaN is refused.
    if (!(loss >= 0 && loss < 1)) {
      throw CommandFailedException.usage("--loss is " + loss, "give 0 to below 1");
    }
    DeliverySettings.Mode mode =
        onRequest ? DeliverySettings.Mode.ON_REQUEST : DeliverySettings.Mode.RETAINED;
    return new DeliveryCase(
        agents, size(), loss, cuts, mode, https, seed, Duration.ofSeconds(timeout));
  }

  private int size() {
    long size;
    try {
      size = DataSize.parse(bytes).bytes();
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
              "--bytes is '" + bytes + "': " + e.getMessage(), "give a size such as 20MiB")
          .causedBy(e);
    }
    // A sealed file, as which it is served over HTTPS, is longer than what is in it.
    if (size < (https ? 2 : 1) || size > Limits.ARTIFACT_BYTES) {
      throw CommandFailedException.usage("--bytes is " + bytes, "give 2B to 512MiB");
    }
    return Math.toIntExact(size);
  }

  private static void requireInRange(String option, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw CommandFailedException.usage(
          option + " is " + value, "give " + minimum + " to " + maximum);
    }
  }
}
