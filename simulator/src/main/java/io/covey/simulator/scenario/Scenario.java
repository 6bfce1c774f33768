package io.covey.simulator.scenario;

import io.covey.coordinator.config.TrainingSection;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/**
 * A fleet, what it shall do, and what goes wrong meanwhile.
 *
 * @param limit of virtual time
 */
public record Scenario(
    @Setting(help = "Seed of everything that is random.", preset = "1") long seed,
    @Setting(help = "Devices of the fleet.", preset = "10", min = "1", max = "350") int agents,
    @Setting(help = "Rounds that shall commit.", preset = "20", min = "1", max = "1000") int rounds,
    @Setting(
            help = "Virtual time after which the run ends as it stands.",
            preset = "1d",
            min = "1s",
            max = "365d")
        Duration limit,
    @Setting(help = "How the model is trained.") TrainingSection plan,
    @Setting(help = "Who holds which of the digits.") DataSettings data,
    @Setting(help = "How fast and how reliable devices are.") DeviceSettings devices,
    @Setting(help = "The links between devices and broker.") NetworkSettings network,
    @Setting(help = "What befalls the coordinator.") CoordinatorSettings coordinator) {

  public Scenario {
    int cohortSize = plan.cohortSize();
    if (cohortSize > agents) {
      throw new IllegalArgumentException(
          "plan.cohort-size is %d, but there are %d agents".formatted(cohortSize, agents));
    }
  }
}
