package io.covey.simulator.scenario;

import io.covey.protocols.settings.Setting;
import io.covey.protocols.transport.NetworkFaults;
import java.time.Duration;
import java.util.List;

/** What every link between a device, or the coordinator, and the broker does, each way. */
public record NetworkSettings(
    @Setting(help = "Part of transmissions that are lost.", preset = "0", min = "0", max = "0.9")
        double loss,
    @Setting(help = "Part of messages that arrive twice.", preset = "0", min = "0", max = "1")
        double duplication,
    @Setting(help = "Whether messages may overtake each other.", preset = "false")
        boolean reordering,
    @Setting(
            help = "Part of messages beside which the broker puts a false one.",
            preset = "0",
            min = "0",
            max = "1")
        double forgery,
    @Setting(help = "The shortest way.", preset = "0s", max = "1h") Duration minimumDelay,
    @Setting(help = "The longest way.", preset = "0s", max = "1h") Duration maximumDelay,
    @Setting(
            help = "Rounds during which the broker is killed and forgets all that it held.",
            min = "1")
        List<Integer> brokerCrashesDuringRounds,
    @Setting(help = "Until it is started again.", preset = "10s", min = "1ms", max = "1h")
        Duration brokerDowntime) {

  public NetworkSettings {
    DeviceSettings.checkOrder("delay", minimumDelay, maximumDelay);
    brokerCrashesDuringRounds = List.copyOf(brokerCrashesDuringRounds);
  }

  /** What the simulated links take. */
  public NetworkFaults faults() {
    return new NetworkFaults(loss, minimumDelay, maximumDelay, duplication, reordering);
  }
}
