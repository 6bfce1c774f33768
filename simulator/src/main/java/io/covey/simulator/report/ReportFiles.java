package io.covey.simulator.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.covey.coordinator.round.RoundRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a report as files: {@code report.json} and {@code rounds.csv}. */
public final class ReportFiles {
  public static final String JSON_NAME = "report.json";
  public static final String CSV_NAME = "rounds.csv";

  private static final String CSV_HEADER =
      "number,state,failure,cohort,reported,dropped,trainingLoss,heldOutLoss,heldOutAccuracy,"
          + "bytesDown,bytesUp,startedAtSeconds,endedAtSeconds\n";

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(Duration.class, ToStringSerializer.instance)
                  .addSerializer(new OptionalSerializer()));

  private ReportFiles() {}

  /** Writes both files into {@code directory}, which is made when it is not there. */
  public static void write(SimulationReport report, Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(JSON_NAME), toPrettyJson(report));
    Files.writeString(directory.resolve(CSV_NAME), toCsv(report));
  }

  /** The report as one line of JSON. */
  public static String toJson(SimulationReport report) {
    return json(report).toString();
  }

  /** The report as JSON for reading; the same bytes on every system. */
  static String toPrettyJson(SimulationReport report) throws IOException {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    return MAPPER.writer(printer).writeValueAsString(json(report)) + "\n";
  }

  /** One line for each round. */
  static String toCsv(SimulationReport report) {
    StringBuilder csv = new StringBuilder(CSV_HEADER);
    for (RoundRecord round : report.rounds()) {
      Optional<RoundRecord.Outcome> outcome = round.outcome();
      csv.append(round.number()).append(',');
      csv.append(round.state()).append(',');
      csv.append(round.failure().map(Enum::name).orElse("")).append(',');
      csv.append(round.cohort()).append(',');
      csv.append(round.reported()).append(',');
      csv.append(SimulationReport.dropped(round)).append(',');
      csv.append(outcome.map(o -> o.trainingLoss() + "").orElse("")).append(',');
      csv.append(outcome.map(o -> o.heldOutLoss() + "").orElse("")).append(',');
      csv.append(outcome.map(o -> o.heldOutAccuracy() + "").orElse("")).append(',');
      csv.append(round.bytesDown()).append(',');
      csv.append(round.bytesUp()).append(',');
      csv.append(seconds(report, round.startedAt())).append(',');
      csv.append(round.endedAt().map(end -> seconds(report, end) + "").orElse("")).append('\n');
    }
    return csv.toString();
  }

  private static ObjectNode json(SimulationReport report) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("seed", report.scenario().seed());
    json.put("outcome", report.outcome().name());
    json.put("virtualSeconds", seconds(report.virtualTime()));
    json.put("roundsCommitted", report.roundsCommitted());
    json.put("roundsFailed", report.rounds().size() - report.roundsCommitted());
    json.put("accuracyBefore", finite(report.accuracyBefore()));
    json.put("accuracyAfter", finite(report.accuracyAfter()));
    json.put("reports", report.rounds().stream().mapToLong(RoundRecord::reported).sum());
    json.put("dropped", report.rounds().stream().mapToLong(SimulationReport::dropped).sum());
    json.put("bytesDown", report.rounds().stream().mapToLong(RoundRecord::bytesDown).sum());
    json.put("bytesUp", report.rounds().stream().mapToLong(RoundRecord::bytesUp).sum());
    json.put("agentsServingNewest", report.agentsServingNewest());
    json.set("network", MAPPER.valueToTree(report.network()));
    json.set("faults", MAPPER.valueToTree(report.faults()));
    json.set("wire", MAPPER.valueToTree(report.wire()));
    json.set("invariantChecks", MAPPER.valueToTree(report.invariantChecks()));
    report.rounds().forEach(round -> json.withArray("rounds").add(json(report, round)));
    json.set("scenario", MAPPER.valueToTree(report.scenario()));
    return json;
  }

  private static ObjectNode json(SimulationReport report, RoundRecord round) {
    ObjectNode json = MAPPER.createObjectNode();
    Optional<RoundRecord.Outcome> outcome = round.outcome();
    json.put("number", round.number());
    json.put("state", round.state().name());
    json.put("failure", round.failure().map(Enum::name).orElse(null));
    json.put("cohort", round.cohort());
    json.put("reported", round.reported());
    json.set("dropped", MAPPER.valueToTree(SimulationReport.byName(round.dropped())));
    json.put("trainingLoss", outcome.map(o -> finite(o.trainingLoss())).orElse(null));
    json.put("heldOutLoss", outcome.map(o -> finite(o.heldOutLoss())).orElse(null));
    json.put("heldOutAccuracy", outcome.map(o -> finite(o.heldOutAccuracy())).orElse(null));
    json.put("bytesDown", round.bytesDown());
    json.put("bytesUp", round.bytesUp());
    json.put("startedAtSeconds", seconds(report, round.startedAt()));
    json.put("endedAtSeconds", round.endedAt().map(end -> seconds(report, end)).orElse(null));
    return json;
  }

  private static double seconds(SimulationReport report, Instant instant) {
    return seconds(Duration.between(report.start(), instant));
  }

  private static double seconds(Duration duration) {
    return (double) duration.toNanos() / 1e9;
  }

  /** JSON has no NaN. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** An optional value as what it holds, or null. */
  private static final class OptionalSerializer extends StdSerializer<Optional<?>> {
    private static final long serialVersionUID = 1L;

    OptionalSerializer() {
      super(Optional.class, false);
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(value.orElse(null), json);
    }
  }
}
