package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.coordinator.round.TrainingPlan;
import java.io.IOException;
import java.time.Duration;

/**
 * What a training has come to.
 *
 * @param committed rounds that made a version
 * @param newestVersion the last of them; 1 when there is none
 * @param accuracy 0 to 1, of that version on the held-out digits; NaN when there is none
 */
record TrainingOutcome(int committed, int newestVersion, double accuracy) {
  /** Added to a round's own periods before it counts as stuck. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  /**
   * Shows every round that ends, until the training does.
   *
   * @throws IOException when the training stops early, or nothing is heard of it
   */
  static TrainingOutcome follow(TrainingWatch watch, TrainingPlan plan, DemoDisplay display)
      throws IOException, InterruptedException {
    Duration patience = plan.selectionPeriod().plus(plan.reportingPeriod()).plus(GRACE);
    TrainingOutcome outcome = new TrainingOutcome(0, 1, Double.NaN);
    int lastShown = 0;
    while (true) {
      TrainingWatch.Event event = watch.next(patience);
      if (event == null) {
        throw new IOException(
            "nothing was heard of the training for " + patience.toSeconds() + " s");
      }
      if (event instanceof TrainingWatch.Event.Broken broken) {
        throw new IOException("the training cannot be watched any more", broken.cause());
      }
      if (event instanceof TrainingWatch.Event.OfRound ofRound) {
        JsonNode round = ofRound.round();
        // How things are may be told more than once.
        if (hasEnded(round) && round.path("number").asInt() > lastShown) {
          lastShown = round.path("number").asInt();
          display.roundEnded(round);
          outcome = outcome.after(round);
        }
      } else if (event instanceof TrainingWatch.Event.OfJob ofJob
          && ended(ofJob.job(), outcome.committed())) {
        return outcome;
      }
    }
  }

  /** Whether all is done and shown; a job may be told of before its last round. */
  private static boolean ended(JsonNode job, int shown) throws IOException {
    String state = job.path("state").asText();
    if (state.equals("STOPPED") || state.equals("PAUSED")) {
      throw new IOException("the training has " + state + ": " + job.path("detail").asText());
    }
    return state.equals("COMPLETED") && shown >= job.path("roundsCommitted").asInt();
  }

  private TrainingOutcome after(JsonNode round) {
    if (!round.path("state").asText().equals("COMMITTED")) {
      return this;
    }
    return new TrainingOutcome(
        committed + 1,
        round.path("committedVersion").asInt(),
        round.path("outcome").path("heldOutAccuracy").asDouble(Double.NaN));
  }

  private static boolean hasEnded(JsonNode round) {
    return !round.path("state").asText().equals("RUNNING");
  }
}
