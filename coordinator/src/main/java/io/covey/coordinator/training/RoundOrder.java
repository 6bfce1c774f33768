package io.covey.coordinator.training;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundSetup;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundPlan;

/** One round to run. */
record RoundOrder(
    Subject subject, RoundPlan plan, UpdateLayout layout, RoundSetup setup, Bounds bounds) {
  /** Some more than the steps of a session, for redelivered ones. */
  private static final int OTHER_MESSAGES = 32;

  /**
   * What is trained.
   *
   * @param number counts the model's rounds from 1
   */
  record Subject(RoundId round, int number, VersionRecord base, int parameterCount) {}

  /**
   * What the round may take, and where its count begins.
   *
   * @param inFlightBytes of messages that wait to be looked at
   * @param bytesSentBefore the messenger's count when the round before ended
   */
  record Bounds(long inFlightBytes, long bytesSentBefore) {}

  RoundId round() {
    return subject.round();
  }

  int number() {
    return subject.number();
  }

  VersionRecord base() {
    return subject.base();
  }

  /** Room for every update that was granted its upload, and as much as is granted for the rest. */
  long messageBytes() {
    return bounds.inFlightBytes() + setup.uploadSlots() * layout.bytes();
  }

  /** Every chunk of an update, and more than there are other messages in a session. */
  int messagesOfOneAgent() {
    return setup.descriptor().vector().chunks() + OTHER_MESSAGES;
  }

  /** Payload bytes said to agents since the round before ended: the base version and this round. */
  long bytesDown(FleetMessenger messenger) {
    return messenger.bytesSent() - bounds.bytesSentBefore();
  }
}
