package io.covey.simulator.fleet;

import io.covey.protocols.topic.RoundStep;
import io.covey.simulator.scenario.DeviceSettings.Drops;
import java.util.Optional;
import java.util.Random;

/** Where in a round a device crashes, in the order in which a device gets there. */
enum CrashStep {
  NONE("none"),
  BEFORE_TRAINING("BeforeTraining"),
  BEFORE_ADVERTISING("BeforeAdvertising"),
  BEFORE_SHARING("BeforeSharing"),
  DURING_TRAINING("DuringTraining"),
  BEFORE_REPORTING("BeforeReporting"),
  MID_UPLOAD("MidUpload"),
  BEFORE_CONFIRMING("BeforeConfirming"),
  BEFORE_UNMASKING("BeforeUnmasking");

  private final String title;

  CrashStep(String title) {
    this.title = title;
  }

  /** As it stands in a report. */
  String title() {
    return title;
  }

  /** Draws one for one round of one device. */
  static CrashStep draw(Drops drops, Random random) {
    double point = random.nextDouble();
    for (CrashStep step : values()) {
      point -= step.probability(drops);
      if (point < 0) {
        return step;
      }
    }
    return NONE;
  }

  /** The step at which a device crashes instead of saying something; empty where it never does. */
  static Optional<CrashStep> before(RoundStep said) {
    return switch (said) {
      case KEYS -> Optional.of(BEFORE_ADVERTISING);
      case SEALED_SHARES -> Optional.of(BEFORE_SHARING);
      case UPDATE -> Optional.of(BEFORE_REPORTING);
      case CONFIRMATION -> Optional.of(BEFORE_CONFIRMING);
      case UNMASKING -> Optional.of(BEFORE_UNMASKING);
      case PLAN,
          ROSTER,
          DELIVERED_SHARES,
          RECEIPT,
          UPLOAD,
          SURVIVORS,
          UNMASK,
          AGAIN,
          DECLINE,
          CLOSE ->
          Optional.empty();
    };
  }

  private double probability(Drops drops) {
    return switch (this) {
      case NONE -> 0;
      case BEFORE_TRAINING -> drops.beforeTraining();
      case BEFORE_ADVERTISING -> drops.beforeAdvertising();
      case BEFORE_SHARING -> drops.beforeSharing();
      case DURING_TRAINING -> drops.duringTraining();
      case BEFORE_REPORTING -> drops.beforeReporting();
      case MID_UPLOAD -> drops.midUpload();
      case BEFORE_CONFIRMING -> drops.beforeConfirming();
      case BEFORE_UNMASKING -> drops.beforeUnmasking();
    };
  }
}
