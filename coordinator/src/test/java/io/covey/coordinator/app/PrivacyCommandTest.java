package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PrivacyCommandTest {
  private static final String USUAL =
      "--population 100000 --cohort 200 --rounds 1000 --epsilon 8 --delta 1e-6";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private @Nullable Exception failure;

  private int run(String arguments) {
    List<String> all = new ArrayList<>(List.of("plan"));
    all.addAll(List.of(arguments.split(" ", -1)));
    return new CommandLine(new PrivacyCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler(
            (exception, line, parsed) -> {
              failure = exception;
              return 99;
            })
        .execute(all.toArray(String[]::new));
  }

  private JsonNode json(String arguments) throws Exception {
    assertThat(run(arguments + " --json")).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    out.getBuffer().setLength(0);
    return json;
  }

  @Test
  void commandIsFoundByTheLauncher() {
    assertThat(ServiceLoader.load(CoveyCommand.class).stream().map(ServiceLoader.Provider::type))
        .contains(PrivacyCommand.class);
  }

  @Test
  void planPrintsNoiseBothEpsilonsAndWhatTheyRestOn() {
    assertThat(run(USUAL)).isZero();
    assertThat(out.toString())
        .containsPattern("noise multiplier +0\\.\\d{4}\\R")
        .containsPattern("epsilon against model consumers +[78]\\.\\d{3} at delta 1e-6")
        .contains("epsilon against the coordinator", "for a device in one cohort")
        .contains("none: it is so large that nothing is promised")
        .containsPattern("standard deviation 0\\.\\d{4} x the clip norm")
        .contains("no sum of fewer than 134 updates", "at least 121 add their noise")
        .contains("as secure aggregation has it", "Poisson sampling", "probability 0.00200,");
  }

  @Test
  void budgetIsKeptAndNotWasted() throws Exception {
    JsonNode plan = json(USUAL);
    assertThat(plan.get("epsilonAgainstModelConsumers").doubleValue()).isBetween(7.9, 8.0);
    assertThat(plan.get("epsilonAgainstCoordinator").isNull()).isTrue();
    // One Gaussian of multiplier 0.48: alpha/(2*z^2) at alpha = 4 alone is more than 8.
    assertThat(plan.get("epsilonAgainstCoordinatorOfOneRound").doubleValue()).isBetween(9.0, 16.0);
    assertThat(plan.get("minimumHonest").intValue()).isEqualTo(121);
    // Deviation of one participant: z * S / sqrt(121), and S between 1.02 and 1.05 clip norms.
    double multiplier = plan.get("noiseMultiplier").doubleValue();
    assertThat(plan.get("participantDeviationOverClipNorm").doubleValue())
        .isEqualTo(multiplier * 1.035 / 11, within(multiplier * 0.02 / 11));
    assertThat(plan.get("assumptions")).hasSize(5);
  }

  @Test
  void budgetAgainstTheCoordinatorTakesMoreNoise() throws Exception {
    String arguments = "--population 500 --cohort 100 --rounds 20 --epsilon 10 --delta 1e-4";
    JsonNode consumers = json(arguments);
    JsonNode coordinator = json(arguments + " --against coordinator");
    assertThat(coordinator.get("epsilonAgainstCoordinator").doubleValue()).isBetween(9.9, 10.0);
    assertThat(coordinator.get("epsilonAgainstModelConsumers").doubleValue()).isLessThan(5);
    assertThat(coordinator.get("noiseMultiplier").doubleValue())
        .isGreaterThan(2 * consumers.get("noiseMultiplier").doubleValue());
  }

  @Test
  void survivorsAreWhatTheyAreSaidToBe() throws Exception {
    JsonNode few = json(USUAL + " --minimum-survivors 100 --assumed-corrupt 0");
    JsonNode corrupt = json(USUAL + " --minimum-survivors 100 --assumed-corrupt 75");
    assertThat(few.get("minimumHonest").intValue()).isEqualTo(100);
    assertThat(corrupt.get("minimumHonest").intValue()).isEqualTo(25);
    assertThat(corrupt.get("noiseMultiplier")).isEqualTo(few.get("noiseMultiplier"));
    double ratio =
        corrupt.get("participantDeviationOverClipNorm").doubleValue()
            / few.get("participantDeviationOverClipNorm").doubleValue();
    assertThat(ratio).isEqualTo(2, within(0.05));
  }

  @Test
  void smallestCohortsHaveAPlanToo() throws Exception {
    JsonNode plan = json("--population 1 --cohort 1 --rounds 1 --epsilon 5 --delta 0.01");
    assertThat(plan.get("minimumSurvivors").intValue()).isEqualTo(1);
  }

  @Test
  void deltaThatExposesSomebodyIsPointedOut() {
    assertThat(run(USUAL.replace("1e-6", "1e-4"))).isZero();
    assertThat(out.toString()).contains("take one well below one over the population");
  }

  @ParameterizedTest
  @CsvSource({
    "--population 100, --cohort is 200; it must be 1 to 100, USAGE",
    "--cohort 0, --cohort is 0, USAGE",
    "--rounds 0, --rounds is 0, USAGE",
    "--epsilon NaN, --epsilon is NaN, USAGE",
    "--epsilon 0, --epsilon is 0.0; it must be above 0, USAGE",
    "--delta 1, --delta is 1.0; it must be above 0 and at most 0.1, USAGE",
    "--minimum-survivors 201, --minimum-survivors is 201; it must be 1 to 200, USAGE",
    "--assumed-corrupt 134, --assumed-corrupt is 134; it must be 0 to 133, USAGE",
    "--parameters 0, --parameters is 0, USAGE",
    "--rounds 1000000000 --epsilon 0.0001, take fewer rounds or a larger epsilon, FAILED",
    "--population 200 --rounds 1 --parameters 100000000 --epsilon 0.02 --minimum-survivors 1, the"
        + " noise does not fit, FAILED"
  })
  void wrongPlansAreExplained(String arguments, String message, ExitCode exitCode) {
    // Later options win.
    String all = USUAL;
    for (String option : arguments.split(" ", -1)) {
      if (option.startsWith("--")) {
        all = all.replaceAll(option + " \\S+ ?", "");
      }
    }
    assertThat(run((all.trim() + " " + arguments).trim())).isEqualTo(99);
    assertThat(failure).isInstanceOf(CommandFailedException.class).hasMessageContaining(message);
    assertThat(((CommandFailedException) failure).exitCode()).isEqualTo(exitCode);
  }

  @Test
  void missingOptionsAndSubcommandsAreNamed() {
    assertThat(run("--population 10")).isEqualTo(2);
    assertThat(err.toString()).contains("--cohort", "--rounds", "--epsilon", "--delta");
    assertThat(new CommandLine(new PrivacyCommand()).setErr(new PrintWriter(err)).execute())
        .isEqualTo(2);
    assertThat(err.toString()).contains("covey privacy plan");
  }
}
