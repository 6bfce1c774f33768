package io.covey.benchmarks.delivery;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.delivery.DeliverySettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was measured.
 *
 * @param complete agents that hold the whole file, verified
 * @param worstDownBytes of one agent, as sent to it on its connection, MQTT's own bytes included
 * @param worstSentBytes of one agent, as sent by the broker, with what was lost on the way
 * @param downBytes as the first, of all agents
 * @param upBytes from all agents
 * @param repeatedBytes of blocks that came to agents that had them
 * @param httpsBytes of the file that have gone out over HTTPS, which the other figures do not hold
 * @param peakHeapBytes of the coordinator's process
 */
record DeliveryResult(
    DeliveryCase bench,
    int complete,
    double seconds,
    long worstDownBytes,
    long worstSentBytes,
    long downBytes,
    long upBytes,
    long repeatedBytes,
    long droppedMessages,
    int cuts,
    long answeredBlocks,
    long httpsBytes,
    long peakHeapBytes) {
  private static final double MEBI = 1 << 20;

  /** The goal without faults, from the broker: 2 % and 4 KiB over the file's size. */
  private static final double FREE_OVERHEAD = 0.02;

  private static final int FREE_BYTES = 4 * 1024;

  /** The goal with faults, and on request. */
  private static final double RATIO = 1.15;

  /** The goal of the coordinator's process, whatever the fleet and the file. */
  private static final long GOAL_HEAP_BYTES = 512L << 20;

  boolean allComplete() {
    return complete == bench.agents();
  }

  /** Bytes to the agent that took most, over the file's size. */
  double worstRatio() {
    return (double) worstDownBytes / bench.bytes();
  }

  /** The most bytes that the goal allows to one agent. */
  long goalBytes() {
    boolean spared =
        bench.loss() == 0 && bench.cuts() == 0 && bench.mode() == DeliverySettings.Mode.RETAINED;
    return (long)
        (spared ? bench.bytes() * (1 + FREE_OVERHEAD) + FREE_BYTES : bench.bytes() * RATIO);
  }

  boolean bytesWithinGoal() {
    return worstDownBytes <= goalBytes();
  }

  boolean heapWithinGoal() {
    return peakHeapBytes <= GOAL_HEAP_BYTES;
  }

  /** Each goal that was missed, for people; empty when all were met. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    if (!allComplete()) {
      missed.add(
          "%d of %d agents do not have the whole file"
              .formatted(bench.agents() - complete, bench.agents()));
    }
    if (!bytesWithinGoal()) {
      missed.add(
          "%d bytes went to one agent, at most %d should".formatted(worstDownBytes, goalBytes()));
    }
    if (!heapWithinGoal()) {
      missed.add(
          "the coordinator's heap held %d bytes, at most %d should be needed"
              .formatted(peakHeapBytes, GOAL_HEAP_BYTES));
    }
    return missed;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        """
        %d of %d agents complete and verified in %.1f s (%s, loss %.3f, %d cuts in all)
        bytes to an agent over the file's: %.4f in the worst case, %.4f on average; goal %s
        as the broker sent them, with what was lost: %.4f in the worst case
        %.1f MiB down, %.2f MiB up, %.2f MiB of blocks repeated
        %d messages dropped, %d blocks answered on request, %.1f MiB of the file over HTTPS
        coordinator's peak heap %.0f MiB of %d\
        """,
        complete,
        bench.agents(),
        seconds,
        mode(),
        bench.loss(),
        cuts,
        worstRatio(),
        (double) downBytes / bench.agents() / bench.bytes(),
        bytesWithinGoal() ? "met" : "MISSED",
        (double) worstSentBytes / bench.bytes(),
        downBytes / MEBI,
        upBytes / MEBI,
        repeatedBytes / MEBI,
        droppedMessages,
        answeredBlocks,
        httpsBytes / MEBI,
        peakHeapBytes / MEBI,
        PublishingChild.HEAP_MEBIBYTES);
  }

  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("benchmark", "delivery");
    json.put("mode", mode());
    json.put("agents", bench.agents());
    json.put("bytes", bench.bytes());
    json.put("loss", bench.loss());
    json.put("cutsOfEach", bench.cuts());
    json.put("complete", complete);
    json.put("allComplete", allComplete());
    json.put("seconds", seconds);
    json.put("worstRatio", worstRatio());
    json.put("worstSentRatio", (double) worstSentBytes / bench.bytes());
    json.put("worstOverheadBytes", worstDownBytes - bench.bytes());
    json.put("bytesWithinGoal", bytesWithinGoal());
    json.put("downBytes", downBytes);
    json.put("upBytes", upBytes);
    json.put("repeatedBytes", repeatedBytes);
    json.put("droppedMessages", droppedMessages);
    json.put("cuts", cuts);
    json.put("answeredBlocks", answeredBlocks);
    json.put("https", bench.https());
    json.put("httpsBytes", httpsBytes);
    json.put("coordinatorPeakHeapBytes", peakHeapBytes);
    json.put("heapWithinGoal", heapWithinGoal());
    json.put("goalsMet", missed().isEmpty());
    return json.toString();
  }

  private String mode() {
    return bench.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
