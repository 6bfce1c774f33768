package io.covey.simulator.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.simulator.data.DataSplit;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads a scenario from YAML. Keys may be left out; unknown ones are refused, and all problems are
 * reported at once. {@code examples/scenario.yaml} explains every key.
 */
public final class ScenarioReader {
  private static final int MAXIMUM_FILE_BYTES = 1 << 20;
  private static final DurationDistribution NO_TIME =
      new DurationDistribution.Constant(Duration.ZERO);

  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private enum SplitKind {
    IID,
    DIRICHLET
  }

  private enum DistributionKind {
    CONSTANT,
    UNIFORM,
    LOG_NORMAL
  }

  private ScenarioReader() {}

  /** Reads a file. */
  public static Scenario read(Path file) throws ScenarioException {
    try {
      if (Files.size(file) > MAXIMUM_FILE_BYTES) {
        throw new ScenarioException(
            file.toString(), List.of("the file is larger than " + MAXIMUM_FILE_BYTES + " bytes"));
      }
      return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
    } catch (NoSuchFileException e) {
      throw new ScenarioException(file.toString(), List.of("there is no such file"));
    } catch (CharacterCodingException e) {
      throw new ScenarioException(file.toString(), List.of("the file is not UTF-8 text"));
    } catch (IOException e) {
      throw new ScenarioException(file.toString(), List.of("cannot read the file: " + e));
    }
  }

  /**
   * Reads YAML.
   *
   * @param source for messages: where the text is from
   */
  public static Scenario parse(String yaml, String source) throws ScenarioException {
    Set<String> problems = new LinkedHashSet<>();
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new ScenarioException(source, List.of("not YAML: " + e.getMessage()));
    }
    Scenario scenario;
    try (Section root = Section.root(tree, problems)) {
      scenario = scenario(root);
    }
    if (!problems.isEmpty()) {
      throw new ScenarioException(source, List.copyOf(problems));
    }
    return scenario;
  }

  private static Scenario scenario(Section root) {
    int agents = (int) root.wholeNumber("agents", 10, 1, Scenario.MAXIMUM_AGENTS);
    int rounds = (int) root.wholeNumber("rounds", 20, 1, Scenario.MAXIMUM_ROUNDS);
    try (Section data = root.section("data");
        Section plan = root.section("plan");
        Section devices = root.section("devices");
        Section network = root.section("network");
        Section coordinator = root.section("coordinator")) {
      TrainingPlan trainingPlan = PlanReader.read(plan);
      if (trainingPlan.cohortSize() > agents) {
        plan.problem(
            "cohortSize",
            "is " + trainingPlan.cohortSize() + ", but there are only " + agents + " agents");
      }
      double heldOut = data.number("heldOut").orElse(0.2);
      if (!(heldOut >= 0.05 && heldOut <= 0.5)) {
        data.problem("heldOut", "is " + heldOut + ", expected 0.05 to 0.5");
      }
      return new Scenario(
          root.wholeNumber("seed").orElse(1),
          agents,
          rounds,
          trainingPlan,
          split(data),
          heldOut,
          devices(devices),
          network(network),
          coordinator.wholeNumbers("restartsDuringRounds", 1, rounds),
          limit(root));
    }
  }

  private static Duration limit(Section root) {
    Duration limit = root.duration("limit").orElse(Duration.ofDays(1));
    if (limit.isZero() || limit.compareTo(Duration.ofDays(365)) > 0) {
      root.problem("limit", "is " + limit + ", expected more than 0 and at most 365d");
    }
    return limit;
  }

  private static DataSplit split(Section data) {
    double alpha = data.number("alpha").orElse(0.5);
    SplitKind kind = data.choice("split", SplitKind.class).orElse(SplitKind.DIRICHLET);
    if (kind == SplitKind.IID && data.has("alpha")) {
      data.problem("alpha", "is of no use with split: iid");
    }
    return switch (kind) {
      case IID -> new DataSplit.Uniform();
      case DIRICHLET ->
          data.<DataSplit>make(() -> new DataSplit.Dirichlet(alpha))
              .orElseGet(DataSplit.Uniform::new);
    };
  }

  private static Scenario.Devices devices(Section devices) {
    try (Section drops = devices.section("drops");
        Section absence = devices.section("absence")) {
      return new Scenario.Devices(
          distribution(
              devices,
              "trainingPerExample",
              new DurationDistribution.Constant(Duration.ofMillis(1))),
          new Scenario.Drops(
              drops.probability("beforeTraining"),
              drops.probability("duringTraining"),
              drops.probability("beforeReporting"),
              drops.probability("midUpload"),
              distribution(
                  drops, "restart", new DurationDistribution.Constant(Duration.ofSeconds(30)))),
          absence(absence));
    }
  }

  private static Optional<Scenario.Absence> absence(Section absence) {
    Optional<Duration> online = absence.duration("meanOnline");
    Optional<Duration> offline = absence.duration("meanOffline");
    if (online.isPresent() != offline.isPresent()) {
      absence.problem(
          online.isPresent() ? "meanOffline" : "meanOnline", "is missing beside the other mean");
    }
    if (online.filter(Duration::isZero).isPresent()) {
      absence.problem("meanOnline", "is 0, expected more");
    }
    return online.flatMap(on -> offline.map(off -> new Scenario.Absence(on, off)));
  }

  private static Scenario.Network network(Section network) {
    return new Scenario.Network(
        network.probability("loss"),
        network.probability("duplication"),
        network.probability("reordering"),
        distribution(network, "delay", NO_TIME));
  }

  private static DurationDistribution distribution(
      Section parent, String key, DurationDistribution otherwise) {
    if (!parent.has(key)) {
      return otherwise;
    }
    try (Section section = parent.section(key)) {
      DistributionKind kind =
          section.choice("distribution", DistributionKind.class).orElse(DistributionKind.CONSTANT);
      Supplier<DurationDistribution> maker =
          switch (kind) {
            case CONSTANT -> constant(section);
            case UNIFORM -> uniform(section);
            case LOG_NORMAL -> logNormal(section);
          };
      return section.make(maker).orElse(otherwise);
    }
  }

  // Each reads only its own keys, so that another kind's count as unknown.

  private static Supplier<DurationDistribution> constant(Section section) {
    Duration value = section.requiredDuration("value");
    return () -> new DurationDistribution.Constant(value);
  }

  private static Supplier<DurationDistribution> uniform(Section section) {
    Duration from = section.requiredDuration("from");
    Duration to = section.requiredDuration("to");
    return () -> new DurationDistribution.Uniform(from, to);
  }

  private static Supplier<DurationDistribution> logNormal(Section section) {
    Duration median = section.requiredDuration("median");
    double sigma = section.number("sigma").orElse(0.5);
    return () -> new DurationDistribution.LogNormal(median, sigma);
  }
}
