package io.covey.coordinator.http;

import static io.covey.coordinator.http.ModelJson.finite;

import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.coordinator.training.TrainingJob;
import io.covey.protocols.id.ModelVersion;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;

/** Jobs and rounds as the contract shows them. */
final class TrainingJson {
  private TrainingJson() {}

  static JsonObject job(TrainingJob job) {
    return new JsonObject()
        .put("model", job.model().value())
        .put("state", job.state().name())
        .put("roundsWanted", job.roundsWanted())
        .put("roundsCommitted", job.roundsCommitted())
        .put("roundsFailed", job.roundsFailed())
        .put("detail", job.detail())
        .put("startedAt", job.startedAt().toString())
        .put("plan", PlanJson.write(job.plan()));
  }

  static JsonObject round(RoundRecord round) {
    JsonObject dropped = new JsonObject();
    round.dropped().entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> dropped.put(entry.getKey().name(), entry.getValue()));
    return new JsonObject()
        .put("id", round.round().value())
        .put("model", round.model().value())
        .put("number", round.number())
        .put("baseVersion", round.base().number())
        .put("state", round.state().name())
        .put("failure", round.failure().map(Enum::name).orElse(null))
        .put("committedVersion", round.committed().map(ModelVersion::number).orElse(null))
        .put("cohort", round.cohort())
        .put("reported", round.reported())
        .put("dropped", dropped)
        .put("outcome", round.outcome().map(TrainingJson::outcome).orElse(null))
        .put("bytesDown", round.bytesDown())
        .put("bytesUp", round.bytesUp())
        .put("startedAt", round.startedAt().toString())
        .put("endedAt", round.endedAt().map(Instant::toString).orElse(null));
  }

  /** The event as one block of an event stream (WHATWG HTML, section 9.2). */
  static String block(TrainingEvent event) {
    if (event instanceof TrainingEvent.OfRound ofRound) {
      RoundRecord round = ofRound.round();
      return "id: " + round.number() + "\nevent: round\ndata: " + round(round).encode() + "\n\n";
    }
    TrainingJob job = ((TrainingEvent.OfJob) event).job();
    return "event: job\ndata: " + job(job).encode() + "\n\n";
  }

  private static JsonObject outcome(RoundRecord.Outcome outcome) {
    return new JsonObject()
        .put("trainingLoss", finite(outcome.trainingLoss()))
        .put("trainingAccuracy", finite(outcome.trainingAccuracy()))
        .put("heldOutLoss", finite(outcome.heldOutLoss()))
        .put("heldOutAccuracy", finite(outcome.heldOutAccuracy()));
  }
}
