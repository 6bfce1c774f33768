package io.covey.simulator.scenario;

import io.covey.protocols.settings.Setting;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** The devices: how long they take, how they fail within rounds, how they come and go. */
public record DeviceSettings(
    @Setting(help = "How fast devices train.") Speed trainingPerExample,
    @Setting(help = "How devices crash within rounds.") Drops drops,
    @Setting(help = "How devices come and go; left out, they always stay.")
        Optional<Absence> absence) {

  /**
   * The time of one pass over one example, drawn once for each device. Its logarithm is normal:
   * most devices are near the median, and a few are many times slower, as real ones are.
   *
   * @param sigma standard deviation of the natural logarithm; 0 makes all devices alike
   */
  public record Speed(
      @Setting(help = "Half of the devices are faster.", preset = "1ms", max = "1h")
          Duration median,
      @Setting(help = "How much devices differ.", preset = "0", min = "0", max = "3")
          double sigma) {

    /** Draws one; {@link Random} because its sequences are the same on every Java platform. */
    public Duration draw(Random random) {
      double factor = StrictMath.exp(sigma * random.nextGaussian());
      return Duration.ofNanos(Math.round((double) median.toNanos() * factor));
    }
  }

  /**
   * With which probability an invited device crashes at a step of a round. A crashed device loses
   * its connection and all that it had in memory, and starts again after a random time.
   */
  public record Drops(
      @Setting(help = "When the plan has arrived.", preset = "0", min = "0", max = "1")
          double beforeTraining,
      @Setting(help = "When it has made its keys.", preset = "0", min = "0", max = "1")
          double beforeAdvertising,
      @Setting(help = "When it knows who takes part.", preset = "0", min = "0", max = "1")
          double beforeSharing,
      @Setting(help = "At a random moment of training.", preset = "0", min = "0", max = "1")
          double duringTraining,
      @Setting(help = "When it has trained and sent nothing.", preset = "0", min = "0", max = "1")
          double beforeReporting,
      @Setting(help = "When it has sent a part of its update.", preset = "0", min = "0", max = "1")
          double midUpload,
      @Setting(help = "When it knows who survives.", preset = "0", min = "0", max = "1")
          double beforeConfirming,
      @Setting(help = "When it has decided to unmask.", preset = "0", min = "0", max = "1")
          double beforeUnmasking,
      @Setting(help = "The shortest time until it starts again.", preset = "5s", max = "7d")
          Duration minimumAway,
      @Setting(help = "The longest time until it starts again.", preset = "1m", max = "7d")
          Duration maximumAway) {

    public Drops {
      double sum =
          beforeTraining
              + beforeAdvertising
              + beforeSharing
              + duringTraining
              + beforeReporting
              + midUpload
              + beforeConfirming
              + beforeUnmasking;
      if (sum > 1) {
        throw new IllegalArgumentException(
            "the probabilities of the steps sum to " + sum + ", expected at most 1");
      }
      checkOrder("away", minimumAway, maximumAway);
    }
  }

  /** Devices that run on while their network comes and goes; means of exponential distributions. */
  public record Absence(
      @Setting(help = "Mean time online.", min = "1s", max = "365d") Duration meanOnline,
      @Setting(help = "Mean time offline.", min = "1s", max = "365d") Duration meanOffline) {}

  static void checkOrder(String what, Duration minimum, Duration maximum) {
    if (minimum.compareTo(maximum) > 0) {
      throw new IllegalArgumentException(
          "minimum-%s %s exceeds maximum-%s %s".formatted(what, minimum, what, maximum));
    }
  }
}
