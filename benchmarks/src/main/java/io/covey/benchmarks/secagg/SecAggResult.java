package io.covey.benchmarks.secagg;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a run has measured.
 *
 * @param participantMillis mean CPU time of a participant that answered to the end, by step
 * @param coordinatorMillis mean CPU time of the coordinator in a session, by step
 */
record SecAggResult(
    SecAggCase bench,
    Run run,
    Map<String, Double> participantMillis,
    Map<String, Double> coordinatorMillis,
    Bytes bytes,
    boolean sumExact) {
  SecAggResult {
    participantMillis = Collections.unmodifiableMap(new LinkedHashMap<>(participantMillis));
    coordinatorMillis = Collections.unmodifiableMap(new LinkedHashMap<>(coordinatorMillis));
  }

  /**
   * How it was measured.
   *
   * @param otherThreadsMillis CPU time of the process in the measured sessions less that of their
   *     thread, for a session: the collector's and the compiler's
   */
  record Run(int rounds, int warmUpRounds, long seed, double otherThreadsMillis) {}

  /**
   * Bytes.
   *
   * @param upload of a participant that answered to the end, mean
   * @param download of the same
   * @param coordinatorPeakHeap live at once
   */
  record Bytes(double upload, double download, long coordinatorPeakHeap) {}

  private static double total(Map<String, Double> millis) {
    return millis.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  double participantTotal() {
    return total(participantMillis);
  }

  double coordinatorTotal() {
    return total(coordinatorMillis);
  }

  /** One JSON object. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", "secagg")
        .put("clients", bench.clients())
        .put("entries", bench.entries())
        .put("neighbours", bench.parameters().neighbours())
        .put("threshold", bench.parameters().threshold())
        .put("dropout", bench.dropout())
        .put("dropouts", bench.dropouts())
        .put("dropStep", DropStep.labelOf(bench.dropStep()))
        .put("valueBits", bench.valueBits())
        .put("rounds", run.rounds())
        .put("warmUpRounds", run.warmUpRounds())
        .put("seed", run.seed())
        .put("participantCpuMillisMean", participantTotal())
        .put("coordinatorCpuMillis", coordinatorTotal());
    ObjectNode byStep = json.putObject("byStep");
    participantMillis.forEach(byStep.putObject("participant")::put);
    coordinatorMillis.forEach(byStep.putObject("coordinator")::put);
    json.put("otherThreadsCpuMillis", run.otherThreadsMillis())
        .put("uploadBytesPerEntry", bytes.upload() / bench.entries())
        .put("uploadBytesPerParticipant", bytes.upload())
        .put("downloadBytesPerParticipant", bytes.download())
        .put("coordinatorPeakHeapBytes", bytes.coordinatorPeakHeap())
        .put("sumExact", sumExact);
    return json.toString();
  }

  /** Some lines for people. */
  String text() {
    StringBuilder text = new StringBuilder(1024);
    text.append(
        line(
            "%d participants, %d entries of %d bits, k %d, t %d, %d silent from %s on",
            bench.clients(),
            bench.entries(),
            bench.valueBits(),
            bench.parameters().neighbours(),
            bench.parameters().threshold(),
            bench.dropouts(),
            DropStep.labelOf(bench.dropStep())));
    text.append(
        line(
            "CPU of one thread, mean of %d after %d to warm up", run.rounds(), run.warmUpRounds()));
    appendSteps(text, "participant", participantMillis);
    appendSteps(text, "coordinator", coordinatorMillis);
    text.append(line("  other threads (collector, compiler)  %10.3f ms", run.otherThreadsMillis()));
    text.append(
        line(
            "up %.3f bytes an entry (%.3f of float32), down %.0f bytes a participant",
            bytes.upload() / bench.entries(),
            bytes.upload() / bench.entries() / Float.BYTES,
            bytes.download()));
    text.append(
        line("coordinator's peak heap %.1f MiB", bytes.coordinatorPeakHeap() / (double) (1 << 20)));
    text.append(sumExact ? "the sum is exact" : "THE SUM IS WRONG");
    return text.toString();
  }

  private static void appendSteps(StringBuilder text, String party, Map<String, Double> millis) {
    text.append(line("%-37s  %10.3f ms", party, total(millis)));
    millis.forEach((step, value) -> text.append(line("  %-35s  %10.3f ms", step, value)));
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments) + System.lineSeparator();
  }
}
