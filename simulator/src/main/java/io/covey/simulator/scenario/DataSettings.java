package io.covey.simulator.scenario;

import io.covey.protocols.settings.Setting;
import io.covey.simulator.data.DataSplit;

/** How the digits are divided. */
public record DataSettings(
    @Setting(help = "How shards differ.", preset = "dirichlet") Kind split,
    @Setting(
            help = "Concentration of the Dirichlet split: the smaller, the more shards differ.",
            preset = "0.5",
            min = "0.001",
            max = "1000000")
        double alpha,
    @Setting(help = "Part held out for evaluation.", preset = "0.2", min = "0.05", max = "0.5")
        double heldOut) {

  /** How shards differ from each other. */
  public enum Kind {
    /** In labels and in size. */
    DIRICHLET,
    /** Not at all, but by chance. */
    IID
  }

  /** What divides the digits that are not held out. */
  public DataSplit dataSplit() {
    return switch (split) {
      case DIRICHLET -> new DataSplit.Dirichlet(alpha);
      case IID -> new DataSplit.Uniform();
    };
  }
}
