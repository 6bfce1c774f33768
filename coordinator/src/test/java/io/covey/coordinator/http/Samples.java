package io.covey.coordinator.http;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ReportedState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records to show. */
final class Samples {
  static final ModelName DIGITS = new ModelName("digits");

  private Samples() {}

  static RoundRecord running(int number) {
    return new RoundRecord(
        new RoundId("digits-r" + number),
        DIGITS,
        number,
        new ModelVersion(number),
        RoundRecord.State.RUNNING,
        Optional.empty(),
        Optional.empty(),
        8,
        0,
        Map.of(),
        Optional.empty(),
        1000,
        0,
        InMemoryCoordinator.NOW,
        Optional.empty());
  }

  /** Committed, without held-out examples. */
  static RoundRecord committed(int number) {
    return new RoundRecord(
        new RoundId("digits-r" + number),
        DIGITS,
        number,
        new ModelVersion(number),
        RoundRecord.State.COMMITTED,
        Optional.empty(),
        Optional.of(new ModelVersion(number + 1)),
        8,
        6,
        Map.of(DropReason.DEADLINE, 1, DropReason.LOST, 1, DropReason.WRONG_SHAPE, 0),
        Optional.of(new RoundRecord.Outcome(0.75, 0.5, Double.NaN, Double.NaN)),
        4000,
        3000,
        InMemoryCoordinator.NOW,
        Optional.of(InMemoryCoordinator.NOW.plusSeconds(2)));
  }

  static RoundRecord failed(int number) {
    return new RoundRecord(
        new RoundId("digits-r" + number),
        DIGITS,
        number,
        new ModelVersion(number),
        RoundRecord.State.FAILED,
        Optional.of(FailureReason.NOT_ENOUGH_REPORTS),
        Optional.empty(),
        8,
        1,
        Map.of(DropReason.DEADLINE, 7),
        Optional.empty(),
        1000,
        300,
        InMemoryCoordinator.NOW,
        Optional.of(InMemoryCoordinator.NOW.plusSeconds(60)));
  }

  static AgentRecord agent(String id, boolean online) {
    return new AgentRecord(
        new AgentId(id),
        online,
        "0.1.0",
        "boot-1",
        7,
        3,
        2,
        List.of(
            new ReportedState.ModelState(
                DIGITS, new ModelVersion(1), ReportedState.Status.SERVING, ""),
            new ReportedState.ModelState(
                DIGITS, new ModelVersion(2), ReportedState.Status.REFUSED, "no room")),
        true,
        InMemoryCoordinator.NOW,
        InMemoryCoordinator.NOW.plusSeconds(5));
  }
}
