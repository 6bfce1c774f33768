package io.covey.protocols.topic;

import java.util.Arrays;
import java.util.Optional;

/** The steps of a round, in the order in which they happen; all at QoS 1, none retained. */
public enum RoundStep {
  /** The coordinator invites. */
  PLAN("down", "plan"),
  /** The participant reports its update, in chunks. */
  UPDATE("up", "update"),
  /** The participant leaves. */
  DECLINE("up", "decline"),
  /** The coordinator says that the round is over. */
  CLOSE("down", "close");

  private final String direction;
  private final String path;

  RoundStep(String direction, String path) {
    this.direction = direction;
    this.path = path;
  }

  String direction() {
    return direction;
  }

  String path() {
    return path;
  }

  static Optional<RoundStep> of(String direction, String path) {
    return Arrays.stream(values())
        .filter(s -> s.direction.equals(direction) && s.path.equals(path))
        .findFirst();
  }
}
