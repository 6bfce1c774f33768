package io.covey.simulator.app;

import io.covey.coordinator.round.RoundRecord;
import io.covey.simulator.report.Quantities;
import io.covey.simulator.scenario.Scenario;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how a simulation gets on, on standard error. */
interface RoundProgress extends Consumer<RoundRecord>, AutoCloseable {

  @Override
  void close();

  /** A bar in a terminal, a line for each round elsewhere. */
  static RoundProgress of(Scenario scenario) {
    return isTerminal() ? new Bar(scenario) : new Lines();
  }

  // From Java 22 on there is always a console, and TERM alone has to tell.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    String terminal = System.getenv("TERM");
    return System.console() != null && terminal != null && !terminal.equals("dumb");
  }

  /** One line for each round that has ended. */
  record Lines() implements RoundProgress {
    @Override
    public void accept(RoundRecord round) {
      System.err.printf(
          "round %d: %s, %d of %d reported, accuracy %s%n",
          round.number(),
          round.failure().map(reason -> "failed, " + reason).orElse("committed"),
          round.reported(),
          round.cohort(),
          Quantities.percent(accuracy(round)));
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  /** A bar that fills with committed rounds. */
  final class Bar implements RoundProgress {
    private final ProgressBar bar;

    private Bar(Scenario scenario) {
      this.bar =
          new ProgressBarBuilder()
              .setTaskName("Rounds")
              .setInitialMax(scenario.rounds())
              .setStyle(ProgressBarStyle.ASCII)
              .build();
    }

    @Override
    public void accept(RoundRecord round) {
      if (round.state() == RoundRecord.State.COMMITTED) {
        bar.setExtraMessage(Quantities.percent(accuracy(round)));
        bar.step();
      }
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  private static double accuracy(RoundRecord round) {
    return round.outcome().map(RoundRecord.Outcome::heldOutAccuracy).orElse(Double.NaN);
  }
}
