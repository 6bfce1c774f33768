package io.covey.benchmarks.start;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * What was measured.
 *
 * @param millis from the start of each process to its first answer, at least one
 */
record StartResult(List<Double> millis) {
  /** The goal's bound on the median. */
  static final double GOAL_MILLIS = 3000;

  StartResult {
    millis = millis.stream().sorted().toList();
    if (millis.isEmpty()) {
      throw new IllegalArgumentException("no start was measured");
    }
  }

  /** Of an even number, the mean of the two in the middle. */
  double medianMillis() {
    int half = millis.size() / 2;
    return millis.size() % 2 == 1
        ? millis.get(half)
        : (millis.get(half - 1) + millis.get(half)) / 2;
  }

  boolean withinGoal() {
    return medianMillis() <= GOAL_MILLIS;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "from start to the first answer: %.0f ms, median of %d starts (%.0f to %.0f); goal of %.0f"
            + " ms %s",
        medianMillis(),
        millis.size(),
        millis.get(0),
        millis.get(millis.size() - 1),
        GOAL_MILLIS,
        withinGoal() ? "met" : "MISSED");
  }

  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("benchmark", "start");
    json.put("runs", millis.size());
    json.put("medianMillis", medianMillis());
    json.put("fastestMillis", millis.get(0));
    json.put("slowestMillis", millis.get(millis.size() - 1));
    json.put("withinGoal", withinGoal());
    ArrayNode all = json.putArray("millis");
    millis.forEach(all::add);
    return json.toString();
  }
}
