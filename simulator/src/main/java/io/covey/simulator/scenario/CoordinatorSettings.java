package io.covey.simulator.scenario;

import io.covey.protocols.settings.Setting;
import java.time.Duration;
import java.util.List;

/** What befalls the coordinator. */
public record CoordinatorSettings(
    @Setting(help = "Killed while these rounds run.", min = "1") List<Integer> restartsDuringRounds,
    @Setting(help = "Until it is started again.", preset = "10s", min = "1ms", max = "1d")
        Duration downtime) {}
