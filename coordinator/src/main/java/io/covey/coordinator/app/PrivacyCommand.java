package io.covey.coordinator.app;

import io.covey.protocols.launch.CoveyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** {@code covey privacy}: what privacy costs, before a training is begun. */
@Command(
    name = "privacy",
    description = "Plan the noise of differentially private training.",
    subcommands = PrivacyPlanCommand.class,
    footerHeading = "%nExample:%n",
    footer =
        "  covey privacy plan --population 100000 --cohort 200 --rounds 1000 --epsilon 8"
            + " --delta 1e-6")
public final class PrivacyCommand implements CoveyCommand {
  @Override
  public Integer call() {
    throw new ParameterException(new CommandLine(this), "say what to do: covey privacy plan");
  }
}
