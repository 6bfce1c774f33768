package io.covey.simulator.app;

import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.launch.LogLevel;
import io.covey.protocols.settings.HostPort;
import io.covey.simulator.demo.Demo;
import io.covey.simulator.demo.DemoDisplay;
import io.covey.simulator.demo.DemoOptions;
import io.covey.simulator.demo.DemoPrivacy;
import io.covey.simulator.demo.DemoResult;
import io.covey.simulator.report.Glyphs;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code covey demo}: a whole fleet on this machine, from nothing to a trained model. */
@Command(
    name = "demo",
    description = {
      "Train a model on a federated fleet on this machine.",
      "",
      "Starts a coordinator with its MQTT broker and agents that each hold their own part of the"
          + " UCI handwritten digits, trains a TensorFlow Lite model over some rounds, and asks"
          + " the agents what they make of digits that none of them has seen."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey demo",
      "  covey demo --agents 20 --cohort 10 --rounds 30 --seed 7",
      "  covey demo --broker mqtt://localhost:1883",
      "  covey demo --rounds 5 --json | tail -n 1",
      "  covey demo --epsilon 8",
      "  covey demo --keep"
    })
public final class DemoCommand implements CoveyCommand {
  private static final int AGENTS = 10;
  private static final int ROUNDS = 20;
  private static final int COHORT = 8;
  private static final int PRIVATE_AGENTS = DemoPrivacy.USUAL_AGENTS;
  private static final int PRIVATE_ROUNDS = DemoPrivacy.USUAL_ROUNDS;

  @Option(
      names = "--agents",
      paramLabel = "N",
      description =
          "How many agents (default " + AGENTS + ", " + PRIVATE_AGENTS + " with --epsilon).")
  private @Nullable Integer agents;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "How many rounds (default " + ROUNDS + ", " + PRIVATE_ROUNDS + " with --epsilon).")
  private @Nullable Integer rounds;

  @Option(
      names = "--cohort",
      paramLabel = "N",
      description =
          "Agents invited to a round (default 8, or all when there are fewer; all with --epsilon).")
  private @Nullable Integer cohort;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Divides the data and draws the cohorts (default ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--broker",
      paramLabel = "URI",
      description = "An MQTT 5 broker that runs already, mqtt://host:port, instead of an own one.")
  private @Nullable URI broker;

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      description =
          "Train with user-level differential privacy, all rounds together within this epsilon"
              + " against the coordinator. Off by default.")
  private @Nullable Double epsilon;

  @Option(
      names = "--delta",
      paramLabel = "D",
      description = "Of the same budget (default " + DemoPrivacy.USUAL_DELTA + ").")
  private @Nullable Double delta;

  @Option(names = "--keep", description = "Stay up until Ctrl-C, and say where everything is.")
  private boolean keep;

  @Option(
      names = "--json",
      description = "Print the result as JSON, the only line on standard output.")
  private boolean json;

  @Override
  public LogLevel usualLogLevel() {
    return LogLevel.WARN;
  }

  @Override
  public Integer call() {
    long startNanos = System.nanoTime();
    DemoOptions options = options();
    PrintStream people = json ? System.err : System.out;
    DemoDisplay display = new DemoDisplay(people, Glyphs.of(System.getenv()));
    try (Demo demo = Demo.start(options, display, startNanos);
        EndedByInterrupt hook = new EndedByInterrupt(demo)) {
      DemoResult result = demo.run();
      if (keep) {
        demo.showEndpoints();
      }
      if (json) {
        System.out.println(result.toJson());
      }
      if (keep) {
        // Ctrl-C ends it.
        new CountDownLatch(1).await();
      }
      return exitCode(result).code();
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "the demo failed: " + e.getMessage(), "the log above may say more")
          .causedBy(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED.code();
    }
  }

  private static ExitCode exitCode(DemoResult result) {
    return result.complete() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private DemoOptions options() {
    try {
      Optional<DemoPrivacy> privacy = privacy();
      int all = agents != null ? agents : privacy.isPresent() ? PRIVATE_AGENTS : AGENTS;
      int times = rounds != null ? rounds : privacy.isPresent() ? PRIVATE_ROUNDS : ROUNDS;
      int usualCohort = privacy.isPresent() ? all : Math.min(COHORT, all);
      return new DemoOptions(
          all, times, cohort == null ? usualCohort : cohort, seed, address(), privacy);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), "see covey demo --help");
    }
  }

  private Optional<DemoPrivacy> privacy() {
    if (epsilon == null) {
      if (delta != null) {
        throw new IllegalArgumentException("--delta is given without --epsilon");
      }
      return Optional.empty();
    }
    return Optional.of(
        new DemoPrivacy(
            new PrivacyBudget(epsilon, delta == null ? DemoPrivacy.USUAL_DELTA : delta)));
  }

  private Optional<HostPort> address() {
    if (broker == null) {
      return Optional.empty();
    }
    boolean plain =
        "mqtt".equals(broker.getScheme()) && broker.getHost() != null && broker.getPort() > 0;
    if (!plain) {
      throw new IllegalArgumentException("--broker is '" + broker + "', expected mqtt://host:port");
    }
    return Optional.of(HostPort.parse(broker.getAuthority()));
  }

  /** Takes the demo down when the process is told to end. */
  private static final class EndedByInterrupt implements AutoCloseable {
    private final Thread hook;

    EndedByInterrupt(Demo demo) {
      this.hook = new Thread(demo::close, "demo-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending already, and the hook runs.
      }
    }
  }
}
