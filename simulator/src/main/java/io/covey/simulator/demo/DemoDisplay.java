package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.simulator.data.Digit;
import io.covey.simulator.network.WireTap;
import io.covey.simulator.report.AccuracyPlot;
import io.covey.simulator.report.Glyphs;
import io.covey.simulator.report.Quantities;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows a demo to the person at the terminal. Belongs to one thread. */
public final class DemoDisplay {
  private static final String ROUND_LINE = "%5s  %6s  %8s  %7s  %8s  %8s  %9s  %9s  %7s%n";

  private final PrintStream out;
  private final Glyphs glyphs;
  private final List<Double> accuracies = new ArrayList<>();

  /**
   * @param out where to; flushed line by line by the caller's choice of stream
   */
  public DemoDisplay(PrintStream out, Glyphs glyphs) {
    this.out = out;
    this.glyphs = glyphs;
  }

  void starting(DemoOptions options) {
    out.printf(
        Locale.ROOT,
        "Covey demo: %d agents, %d rounds with cohorts of %d, seed %d%n",
        options.agents(),
        options.rounds(),
        options.cohort(),
        options.seed());
  }

  void line(String what, String value) {
    out.printf(Locale.ROOT, "  %-12s %s%n", what, value);
  }

  void privacyBegins(DemoPrivacy privacy, TrainingPlan plan) {
    line(
        "privacy",
        String.format(
            Locale.ROOT,
            "epsilon %s at delta %s for all rounds, against the coordinator; noise multiplier %.4f",
            privacy.budget().epsilon(),
            privacy.budget().delta(),
            plan.privacy().orElseThrow().noiseMultiplier()));
  }

  void roundsBegin() {
    out.println();
    out.printf(
        Locale.ROOT,
        ROUND_LINE,
        "round",
        "cohort",
        "reported",
        "dropped",
        "loss",
        "held-out",
        "down",
        "up",
        "seconds");
  }

  /** One line for a round that has ended. */
  void roundEnded(JsonNode round) {
    int dropped = 0;
    for (JsonNode count : round.path("dropped")) {
      dropped += count.asInt();
    }
    JsonNode outcome = round.path("outcome");
    double accuracy = outcome.path("heldOutAccuracy").asDouble(Double.NaN);
    accuracies.add(accuracy);
    out.printf(
        Locale.ROOT,
        ROUND_LINE,
        round.path("number").asText(),
        round.path("cohort").asText(),
        round.path("reported").asText(),
        dropped,
        number(outcome.path("trainingLoss"), "%.4f"),
        Quantities.percent(accuracy),
        Quantities.bytes(round.path("bytesDown").asLong()),
        Quantities.bytes(round.path("bytesUp").asLong()),
        String.format(Locale.ROOT, "%.2f", seconds(round)));
    if (round.path("state").asText().equals("FAILED")) {
      out.println("       failed: " + round.path("failure").asText());
    }
  }

  void plot() {
    out.println();
    out.println("Accuracy on held-out digits");
    AccuracyPlot.draw(accuracies, glyphs).forEach(out::println);
  }

  /** The digit, beside what one agent says that it is. */
  void inference(InferenceCheck.Example example) {
    InferenceClient.Answer answer = example.answer();
    Digit digit = example.digit();
    List<String> words =
        List.of(
            "",
            "asked " + example.agent() + "/v2/models/" + DemoModel.NAME + "/infer",
            "version %d answered: %d (%s)"
                .formatted(
                    answer.version(), answer.label(), Quantities.percent(answer.probability())),
            "it is labelled: " + digit.label());
    out.println();
    out.println("One held-out digit, put to one agent");
    List<String> picture = DigitPicture.draw(digit, glyphs);
    for (int row = 0; row < picture.size(); row++) {
      String beside = row < words.size() ? words.get(row) : "";
      out.println(("    " + picture.get(row) + "    " + beside).stripTrailing());
    }
  }

  /** What a listener on the wire could not read, and what it could. */
  void protection(DemoResult.Protection protection, WireTap.Findings findings) {
    out.println();
    out.println("What a tap on the broker saw, in " + findings.messages() + " messages");
    out.println("  protected: examples and labels (no message holds any; they stay on the agents)");
    claim(
        protection.updatesMasked(),
        "single updates",
        "of %d, %d could be read as plain numbers, and %d could not"
            .formatted(findings.updates(), findings.readableUpdates(), findings.maskedUpdates()));
    claim(
        protection.modelEncrypted(),
        "the model",
        "something of %d of %d plain files could be read in %d artifacts"
            .formatted(findings.readableFiles(), findings.modelFiles(), findings.artifacts()));
    claim(
        protection.mutualTls(),
        "connections",
        protection.mutualTls()
            ? "every client showed a certificate over TLS"
            : "a client without TLS and certificate was let in");
  }

  /** Where to go on by hand. */
  void endpoints(URI adminApi, URI broker, List<URI> agents) {
    out.println();
    out.println("Everything stays up until Ctrl-C:");
    line("admin API", adminApi + "  (" + adminApi + "/openapi.yaml says what there is)");
    line("broker", broker.toString());
    for (URI agent : agents) {
      line("agent", agent + "/v2/models/" + DemoModel.NAME);
    }
  }

  void result(DemoResult result) {
    out.println();
    result
        .privacy()
        .ifPresent(
            spent ->
                out.printf(
                    Locale.ROOT,
                    "epsilon %.3f at delta %s is spent: so well is hidden whether any one agent"
                        + " took part%n",
                    spent.epsilon(),
                    spent.delta()));
    out.printf(
        Locale.ROOT,
        "%d of %d rounds, accuracy %s -> %s, %d of %d inferences as the coordinator's own, %.1f"
            + " s%n",
        result.roundsCompleted(),
        result.rounds(),
        Quantities.percent(result.accuracyBefore()),
        Quantities.percent(result.accuracyAfter()),
        result.inferences().agreeing(),
        result.inferences().served(),
        result.elapsedSeconds());
  }

  private void claim(boolean isProtected, String what, String why) {
    out.println("  " + (isProtected ? "protected: " : "NOT YET:   ") + what + " (" + why + ")");
  }

  private static String number(JsonNode node, String format) {
    return node.isNumber() ? String.format(Locale.ROOT, format, node.doubleValue()) : "-";
  }

  private static double seconds(JsonNode round) {
    Instant started = Instant.parse(round.path("startedAt").asText());
    Instant ended = Instant.parse(round.path("endedAt").asText());
    return Duration.between(started, ended).toNanos() / 1e9;
  }
}
