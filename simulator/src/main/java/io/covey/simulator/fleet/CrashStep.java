package io.covey.simulator.fleet;

import io.covey.simulator.scenario.DeviceSettings.Drops;
import java.util.Random;

/** Where in a round a device crashes. */
enum CrashStep {
  NONE,
  BEFORE_TRAINING,
  DURING_TRAINING,
  BEFORE_REPORTING,
  MID_UPLOAD;

  /** Draws one for one round of one device. */
  static CrashStep draw(Drops drops, Random random) {
    double point = random.nextDouble();
    double[] probabilities = {
      drops.beforeTraining(), drops.duringTraining(), drops.beforeReporting(), drops.midUpload()
    };
    for (int i = 0; i < probabilities.length; i++) {
      point -= probabilities[i];
      if (point < 0) {
        return values()[i + 1];
      }
    }
    return NONE;
  }
}
